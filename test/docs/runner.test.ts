import { afterAll, describe, expect, it } from 'vitest';
import { stepsOf } from './guide.js';
import { compare } from './output.js';
import { Terminal } from './terminal.js';

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`;

describe('the steps of a guide', () => {
  it('are its blocks of sh, each with its line and the output that directly follows', () => {
    const page = `# A guide\n\n${fenced('sh', 'one\ntwo')}\n${fenced('text', 'printed')}\n${fenced('sh', 'three')}`;
    expect(stepsOf(page)).toEqual([
      { does: 'run', line: 4, commands: 'one\ntwo', output: { language: 'text', text: 'printed', line: 9 } },
      { does: 'run', line: 13, commands: 'three', output: undefined },
    ]);
  });

  it('do not take for an output what comes after a word about it', () => {
    const page = `${fenced('sh', 'one')}\nElsewhere one sees:\n\n${fenced('text', 'other')}`;
    expect(stepsOf(page)).toMatchObject([{ commands: 'one', output: undefined }]);
  });

  it('leave running what is said to be in another terminal, and leave out what is said to be an example', () => {
    const page = `${fenced('sh', '# in another terminal\nserve')}\n${fenced('sh', '# for example\nrevoke <id>')}`;
    expect(stepsOf(page)).toMatchObject([{ does: 'start', line: 2 }]);
  });
});

describe('what is printed', () => {
  const fits = (language: string, told: string, printed: string): boolean => {
    const compared = compare(language, told, printed);
    return compared.told === compared.printed;
  };

  it.each([
    ['another id', 'text', 'app 01a21251-7913-73b6-b766-da6bbb030f32', 'app 20bc1606-9f19-5b4f-8fe7-37fe66d0fe7d'],
    ['another time', 'text', 'at 2026-11-25T10:47:39.170Z', 'at 2027-01-01T00:00:00.000Z'],
    ['anything where the page has …', 'text', 'first\n…\nlast', 'first\nmore\nstill more\nlast'],
    ['the same JSON in another layout', 'json', '{ "a": [1] }', '{"a":[1]}'],
  ])('may have %s', (_, language, told, printed) => {
    expect(fits(language, told, printed)).toBe(true);
  });

  it.each([
    ['another word', 'text', 'Published shop 1.0.', 'Published shop 1.1.'],
    ['a line more', 'text', 'one', 'one\ntwo'],
    ['a line less', 'text', 'one\n…\ntwo', 'one'],
    ['another character where the page has a dot', 'text', '1.0', '1x0'],
    ['another value in JSON', 'json', '{ "a": 1 }', '{ "a": 2 }'],
    ['no JSON', 'json', '{ "a": 1 }', 'curl: (7) no answer'],
  ])('may not have %s', (_, language, told, printed) => {
    expect(fits(language, told, printed)).toBe(false);
  });
});

describe('a terminal', () => {
  const terminal = new Terminal(process.cwd(), process.env);
  afterAll(() => terminal.close());

  it('keeps variables from one block to the next', async () => {
    await terminal.run('ID=$(echo 7)');
    expect(await terminal.run('echo "$ID"')).toEqual({ printed: '7\n', status: 0 });
  });

  it('tells of a command that fails, also at the beginning of a pipe, and what it said on standard error', async () => {
    expect(await terminal.run('ls /nowhere | cat')).toMatchObject({ status: 2, printed: expect.stringContaining('/nowhere') });
  });
});
