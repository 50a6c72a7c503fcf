import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-code.js';
import { Desk } from './desk.js';
import { stepsOf } from './guide.js';

const GUIDES = ['docs/cli.md'];

const textOf = (guide: string): string => readFileSync(new URL(`../../${guide}`, import.meta.url), 'utf8');

describe.each(GUIDES)('the commands of %s', (guide) => {
  const steps = stepsOf(textOf(guide));
  let desk: Desk;
  beforeAll(async () => {
    desk = await Desk.open();
  });
  afterAll(() => desk.leave());

  it.each(steps.map((step) => ({ at: `${guide}:${step.line}`, commands: step.commands, step })))(
    '$at: $commands',
    { timeout: 60_000 },
    async ({ at, step }) => {
      const compared = await desk.do(step);
      if (compared) expect(compared.printed, `${at} prints something else`).toBe(compared.told);
    },
  );

  it('leave what is told in the other terminals', async () => {
    for (const { line, told, printed } of await desk.ended()) expect(printed, `${guide}:${line} prints something else`).toBe(told);
  });
});

describe('docs/cli.md', () => {
  const steps = stepsOf(textOf('docs/cli.md'));
  const commands = steps.map((step) => step.commands).join('\n');

  it.each(['serve', 'import', 'publish', 'install', 'set', 'plan', 'upgrade', 'rollback', 'history'])('tells of regraft %s', (word) => {
    expect(commands).toMatch(new RegExp(`^regraft ${word}\\b`, 'm'));
  });

  it('says of every command what it prints', () => {
    expect(textOf('docs/cli.md').match(/^```sh$/gm)).toHaveLength(steps.length);
    expect(steps.filter(({ output }) => !output)).toEqual([]);
  });

  it('has the table of exit codes as it is', () => {
    expect(textOf('docs/cli.md')).toContain(EXIT_CODES);
  });
});
