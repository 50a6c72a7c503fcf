import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('docs/rules.md', () => {
  const text = readFileSync('docs/rules.md', 'utf8');
  const rules = [...text.matchAll(/^(\d+)\. [^]*?\]\(\.\.\/(test\/rules\/[^)]+)\)/gm)].map(([, number = '', file = '']) => ({
    number,
    file,
  }));

  it('lists sixteen rules', () => {
    expect(rules.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, n) => String(n + 1)));
  });

  it.each(rules)('leads from rule $number to its scenarios in $file', ({ number, file }) => {
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^describe\\('rule ${number}: `, 'm'));
  });
});
