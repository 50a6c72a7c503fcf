import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-code.js';
import { Desk } from './desk.js';
import { stepsOf, type Step } from './guide.js';

const GUIDES = ['docs/cli.md'];

const textOf = (guide: string): string => readFileSync(new URL(`../../${guide}`, import.meta.url), 'utf8');
const nameOf = (step: Step): string => (step.does === 'write' ? `keeps ${step.file}` : step.commands);

describe.each(GUIDES)('the commands of %s', (guide) => {
  const steps = stepsOf(textOf(guide));
  let desk: Desk;
  beforeAll(async () => {
    desk = await Desk.open();
  });
  afterAll(() => desk.leave());

  it.each(steps.map((step) => ({ at: `${guide}:${step.line}`, name: nameOf(step), step })))('$at: $name', { timeout: 60_000 }, async ({ at, step }) => {
    const compared = await desk.do(step);
    if (compared) expect(compared.printed, `${at} prints something else`).toBe(compared.told);
  });

  it('leave what is told in the other terminals', async () => {
    for (const { line, told, printed } of await desk.ended()) expect(printed, `${guide}:${line} prints something else`).toBe(told);
  });
});

describe('docs/cli.md', () => {
  const commands = stepsOf(textOf('docs/cli.md')).map(nameOf).join('\n');

  it.each(['serve', 'import', 'publish', 'install', 'set', 'plan', 'upgrade', 'rollback', 'history'])('tells of regraft %s', (word) => {
    expect(commands).toMatch(new RegExp(`^regraft ${word}\\b`, 'm'));
  });

  it('has the table of exit codes as it is', () => {
    expect(textOf('docs/cli.md')).toContain(EXIT_CODES);
  });
});
