import { UsageError } from '../errors.js';

/** `name=text`, at the first equals sign. @throws UsageError. */
export function pairOf(option: string, text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`${option} ${text}: a name, an equals sign and a value are expected`);
}
