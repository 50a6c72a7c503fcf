import { diff3Merge } from 'node-diff3';
import type { ThreeSides } from './three-sides.js';

/** Where one side has lines of a hunk: `start` counts from 1; where there are no lines, they would stand before the line `start`. */
export interface HunkLines {
  readonly start: number;
  /** As they stand in the text, with their ends: joined they are a part of it. */
  readonly lines: readonly string[];
}

/** A place of a text that both sides changed differently. */
export type TextHunk = ThreeSides<HunkLines>;

export interface TextMerge {
  /** In order; none where the texts merge clean. */
  readonly hunks: readonly TextHunk[];
  /** The merged text, its hunks as the side has them. */
  readonly with: (side: 'local' | 'target') => string;
}

/**
 * How much work a merge may be: for each side, the pairs of equal lines of it and the base times the lines of the shorter, once the lines that all
 * three texts begin and end with are set aside. 12,000 lines of which no two are alike, or 500 that are all alike; less than half a second.
 */
export const MAX_WORK = 300_000_000;

type Token = string;
interface Clash {
  readonly local: readonly Token[];
  readonly target: readonly Token[];
}

/**
 * Three-way merge of texts by line. What one side changed is that side's, what both changed alike is theirs, what both changed differently
 * (changes next to each other are one) is a hunk. Whether there is a final newline is merged for itself, and so is the end of line of texts
 * that each use one throughout; in other texts every line keeps its own end, and a line with another end is another line.
 *
 * Laws: with local equal to base it is the target, with target equal to base the local; exchanging the two sides exchanges them in the
 * hunks and changes nothing else.
 * @returns undefined for texts that would be more than MAX_WORK, or of which one ends in half an end of line (a carriage return alone).
 */
export function mergeTexts(texts: ThreeSides<string>): TextMerge | undefined {
  const { base, local, target } = texts;
  if (local === target || base === target) return clean(local);
  if (base === local) return clean(target);
  if ([base, local, target].some((text) => text.endsWith('\r'))) return undefined;
  const lines = eachSide(texts, linesOf);
  const end = commonEnd(eachSide(texts, endOf));
  const tokens = eachSide(lines, (side) => tokensOf(side, end));
  const { before, after } = sameAround(tokens);
  const middle = eachSide(tokens, (side) => side.slice(before, side.length - after));
  if (workOf(middle.base, middle.local) + workOf(middle.base, middle.target) > MAX_WORK) return undefined;
  const hunks: TextHunk[] = [];
  const parts: (readonly Token[] | Clash)[] = [tokens.base.slice(0, before)];
  for (const { ok, conflict } of diff3Merge(middle.local, middle.base, middle.target)) {
    if (ok) parts.push(ok);
    if (!conflict) continue;
    parts.push({ local: conflict.a, target: conflict.b });
    hunks.push({
      base: hunkLines(lines.base, before + conflict.oIndex, conflict.o.length),
      local: hunkLines(lines.local, before + conflict.aIndex, conflict.a.length),
      target: hunkLines(lines.target, before + conflict.bIndex, conflict.b.length),
    });
  }
  parts.push(tokens.base.slice(tokens.base.length - after));
  const final = mergeFinalNewline(eachSide(texts, hasFinalNewline));
  return {
    hunks,
    with: (side) => {
      const merged = parts.flatMap((part) => ('local' in part ? part[side] : part));
      const text = merged.map((token) => token + (end ?? '')).join('');
      return final ? text : text.replace(/\r?\n$/, '');
    },
  };
}

function clean(text: string): TextMerge {
  return { hunks: [], with: () => text };
}

function eachSide<T, U>({ base, local, target }: ThreeSides<T>, of: (side: T) => U): ThreeSides<U> {
  return { base: of(base), local: of(local), target: of(target) };
}

/** The lines with their ends; only the last may have none. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** How the lines of a text end: undefined where there is one line and no end. */
function endOf(text: string): '\n' | '\r\n' | 'MIXED' | undefined {
  const all = text.split('\n').length - 1;
  const carried = text.split('\r\n').length - 1;
  if (all === 0) return undefined;
  return carried === 0 ? '\n' : carried === all ? '\r\n' : 'MIXED';
}

/** The end that all lines of the result have; undefined where each has its own. */
function commonEnd({ base, ...sides }: ThreeSides<ReturnType<typeof endOf>>): '\n' | '\r\n' | undefined {
  const local = sides.local ?? base ?? sides.target;
  const target = sides.target ?? base ?? sides.local;
  const end = local === target ? local : base === undefined ? 'MIXED' : local === base ? target : local;
  return [base, local, target, end].includes('MIXED') || end === 'MIXED' ? undefined : end;
}

/** What is compared: the line without its end where all lines end alike, else with it; a last line without one ends as the line before. */
function tokensOf(lines: readonly string[], end: string | undefined): readonly Token[] {
  if (end !== undefined) return lines.map((line) => line.replace(/\r?\n$/, ''));
  const last = lines.at(-1);
  if (last === undefined || last.endsWith('\n')) return lines;
  return [...lines.slice(0, -1), last + (lines.at(-2)?.endsWith('\r\n') ? '\r\n' : '\n')];
}

/** How many lines all three begin with, and end with beyond those. */
function sameAround({ base, local, target }: ThreeSides<readonly Token[]>): { before: number; after: number } {
  const shortest = Math.min(base.length, local.length, target.length);
  const same = (at: number): boolean => base.at(at) === local.at(at) && base.at(at) === target.at(at);
  let before = 0;
  while (before < shortest && same(before)) before++;
  let after = 0;
  while (before + after < shortest && same(-1 - after)) after++;
  return { before, after };
}

/** What it takes at most to find what two lists of lines have in common. */
function workOf(base: readonly Token[], side: readonly Token[]): number {
  const counts = new Map<Token, number>();
  for (const token of base) counts.set(token, (counts.get(token) ?? 0) + 1);
  const pairs = side.reduce((sum, token) => sum + (counts.get(token) ?? 0), 0);
  return pairs * Math.min(base.length, side.length);
}

/** An empty text has no line that lacks its end. */
function hasFinalNewline(text: string): boolean {
  return text === '' || text.endsWith('\n');
}

/** Of two values a three-way merge never clashes: who differs from the base changed it. */
function mergeFinalNewline({ base, local, target }: ThreeSides<boolean>): boolean {
  return local === base ? target : local;
}

function hunkLines(lines: readonly string[], from: number, count: number): HunkLines {
  return { start: from + 1, lines: lines.slice(from, from + count) };
}
