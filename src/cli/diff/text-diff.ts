import { diffComm } from 'node-diff3';
import { plain, type Paint } from '../paint.js';

const CONTEXT = 2;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Two texts of several lines as `diff -u` shows them, with little around what changed. */
export function textDiff(before: string, after: string, paint: Paint): string[] {
  const lines = diffComm(before.split('\n'), after.split('\n')).flatMap<Line>((part) =>
    'common' in part && part.common
      ? part.common.map((text) => ({ sign: ' ' as const, text }))
      : [
          ...(part.buffer1 ?? []).map((text) => ({ sign: '-' as const, text })),
          ...(part.buffer2 ?? []).map((text) => ({ sign: '+' as const, text })),
        ],
  );
  const isShown = lines.map((_, at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ sign }) => sign !== ' '));
  return lines.flatMap(({ sign, text }, at) => {
    if (!isShown[at]) return isShown[at - 1] || at === 0 ? [paint('dim', '  …')] : [];
    const line = `${sign} ${plain(text)}`;
    return [sign === ' ' ? line : paint(sign === '-' ? 'red' : 'green', line)];
  });
}
