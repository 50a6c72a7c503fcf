import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeTexts, type TextMerge } from '../../src/domain/merge/merge-texts.js';
import { lines } from './arbitraries.js';

function merge(base: string, local: string, target: string): TextMerge {
  const merged = mergeTexts({ base, local, target });
  if (!merged) throw new Error('too large to merge');
  return merged;
}

/** The text of a merge that is clean. */
function merged(base: string, local: string, target: string): string {
  const { hunks, with: settled } = merge(base, local, target);
  expect(hunks).toEqual([]);
  expect(settled('local')).toBe(settled('target'));
  return settled('local');
}

describe('texts of several lines', () => {
  it.each([
    ['changes of both sides in different places', 'a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n', 'A\nb\nC\n'],
    ['lines added here and removed there', 'a\nb\nc\nd\n', 'a\nx\nb\nc\nd\n', 'a\nb\nc\n', 'a\nx\nb\nc\n'],
    ['what both changed alike, once', 'a\nb\nc\n', 'a\nB\nc\n', 'a\nB\nc\nd\n', 'a\nB\nc\nd\n'],
    ['a line added after one that had no end', 'a\nb', 'a\nb\nc', 'A\nb', 'A\nb\nc'],
    ['a final newline that one side added', 'a\nb\nc', 'a\nb\nc\n', 'A\nb\nc', 'A\nb\nc\n'],
    ['a final newline that one side removed', 'a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nc', 'A\nb\nc'],
    ['other ends of lines than the other side edits', 'a\nb\nc\n', 'a\r\nb\r\nc\r\n', 'A\nb\nc\n', 'A\r\nb\r\nc\r\n'],
    ['the ends that a text has', 'a\r\nb\r\nc', 'A\r\nb\r\nc', 'a\r\nb\r\nc\r\nd', 'A\r\nb\r\nc\r\nd'],
    ['each line with its own end where they are mixed', 'a\r\nb\nc\r\n', 'A\r\nb\nc\r\n', 'a\r\nb\nC\n', 'A\r\nb\nC\n'],
    ['names that objects have', 'a\n__proto__\nc\n', 'A\n__proto__\nc\n', 'a\n__proto__\nconstructor\n', 'A\n__proto__\nconstructor\n'],
  ])('merge clean: %s', (_what, base, local, target, expected) => {
    expect(merged(base, local, target)).toBe(expected);
    expect(merged(base, target, local)).toBe(expected);
  });

  it('clash in hunks that say what each side has and where it stands', () => {
    const { hunks, with: settled } = merge('a\nb\nc\nd\ne', 'x\na\nB\nc\nd\ne', 'a\n1\n2\nc\nd\n');
    expect(hunks).toEqual([
      { base: { start: 2, lines: ['b\n'] }, local: { start: 3, lines: ['B\n'] }, target: { start: 2, lines: ['1\n', '2\n'] } },
    ]);
    expect(settled('local')).toBe('x\na\nB\nc\nd\n');
    expect(settled('target')).toBe('x\na\n1\n2\nc\nd\n');
  });

  it('clash where both insert at one place, before the line that it says', () => {
    expect(merge('a\r\nb\r\n', 'a\r\nx\r\nb\r\n', 'a\r\ny\r\nb\r\n').hunks).toEqual([
      { base: { start: 2, lines: [] }, local: { start: 2, lines: ['x\r\n'] }, target: { start: 2, lines: ['y\r\n'] } },
    ]);
  });

  it('clash where one changes what stands next to what the other changes', () => {
    expect(merge('a\nb\n', 'A\nb\n', 'a\nB\n').hunks).toHaveLength(1);
  });

  it('are not merged where one ends in half an end of line, which would be lost', () => {
    expect(mergeTexts({ base: 'a\nb\nc', local: 'A\nb\nc', target: 'a\nb\nC\r' })).toBeUndefined();
  });

  it('are not merged where that would take seconds, and merged however large where the change is small', () => {
    const same = '\n'.repeat(786_000);
    expect(mergeTexts({ base: same, local: `a\n${same}`, target: `${same}b\n` })).toBeUndefined();
    const numbered = Array.from({ length: 60_000 }, (_, i) => `line ${i}\n`);
    const edited = (at: number): string => numbered.map((line, i) => (i === at ? 'edited\n' : line)).join('');
    expect(merged(numbered.join(''), edited(30_000), edited(30_002)).match(/edited/g)).toHaveLength(2);
    expect(mergeTexts({ base: numbered.join(''), local: edited(0), target: edited(59_999) })).toBeUndefined();
  });
});

describe('the laws of merging texts', () => {
  it('what only one side changed is taken as it is', () => {
    fc.assert(
      fc.property(lines, lines, (base, changed) => {
        expect(merged(base, base, changed)).toBe(changed);
        expect(merged(base, changed, base)).toBe(changed);
        expect(merged(base, changed, changed)).toBe(changed);
      }),
    );
  });

  it('the sides are alike: exchanged, they are exchanged in the hunks and nothing else is', () => {
    fc.assert(
      fc.property(lines, lines, lines, (base, local, target) => {
        const [straight, turned] = [merge(base, local, target), merge(base, target, local)];
        expect(turned.hunks).toEqual(straight.hunks.map((hunk) => ({ base: hunk.base, local: hunk.target, target: hunk.local })));
        expect(turned.with('local')).toBe(straight.with('target'));
        expect(turned.with('target')).toBe(straight.with('local'));
      }),
    );
  });

  it('a clean merge has every line that either side added, and none that neither has', () => {
    const contents = (text: string): Set<string> => new Set(text.split(/\r?\n/));
    fc.assert(
      fc.property(lines, lines, lines, (base, local, target) => {
        const { hunks, with: settled } = merge(base, local, target);
        if (hunks.length > 0) return;
        const [before, after] = [contents(base), contents(settled('local'))];
        const sides = [...contents(local), ...contents(target)];
        for (const line of sides) if (!before.has(line)) expect(after).toContain(line);
        for (const line of after) if (line !== '') expect(sides).toContain(line);
      }),
    );
  });

  it('the lines of a hunk are those that stand at its place', () => {
    fc.assert(
      fc.property(lines, lines, lines, (base, local, target) => {
        const texts = { base, local, target };
        for (const hunk of merge(base, local, target).hunks) {
          for (const side of ['base', 'local', 'target'] as const) {
            const { start, lines: own } = hunk[side];
            const all = texts[side].match(/[^\n]*\n|[^\n]+$/g) ?? [];
            expect(all.slice(start - 1, start - 1 + own.length)).toEqual(own);
          }
        }
      }),
    );
  });
});
