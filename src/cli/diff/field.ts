import { plain, type Paint } from '../paint.js';
import { textDiff } from './text-diff.js';
import { isTextOfLines, valueText } from './value.js';

/** A side of a field: what is there, a secret (whose value nobody is told), or nothing. */
export type Side = { readonly value: unknown } | 'secret' | undefined;

/** A field that changes: `- image: old` and `+ image: new`; texts of several lines by line. */
export function fieldChange(name: string, before: Side, after: Side, paint: Paint): string[] {
  if (isShownByLine(before) && isShownByLine(after)) {
    return [`~ ${plain(name)}`, ...textDiff(String(before.value), String(after.value), paint).map((line) => `    ${line}`)];
  }
  return [
    ...(before === undefined ? [] : [paint('red', `- ${plain(name)}: ${sideText(before)}`)]),
    ...(after === undefined ? [] : [paint('green', `+ ${plain(name)}: ${sideText(after)}`)]),
  ];
}

export function sideText(side: Side): string {
  if (side === undefined) return '(not there)';
  return side === 'secret' ? '(secret)' : valueText(side.value);
}

function isShownByLine(side: Side): side is { readonly value: unknown } {
  return side !== undefined && side !== 'secret' && isTextOfLines(side.value);
}
