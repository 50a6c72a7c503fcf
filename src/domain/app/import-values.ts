import type { ContentLookup } from '../definition/content.js';
import type { ConfigFileDefinition, Definition, EnvValue } from '../definition/definition.js';
import { emptyRecord } from '../json.js';
import { pointerOf, type Pointer } from '../pointer.js';
import type { ReplaceComponents } from './commands.js';
import { pairUp } from './decide-import.js';
import type { BoundTexts } from './edit-open-values.js';
import type { AppView } from './state.js';
import { valuesToBind, type ValueToBind } from './values-to-bind.js';

export interface ImportedValues {
  /** The same import, with what is secret or generated in the app as it is there. */
  readonly replace: ReplaceComponents;
  readonly toBind: readonly ValueToBind[];
  /** Places that have a value in the project, and stay secret or generated all the same. */
  readonly kept: readonly { readonly key: string; readonly path: Pointer }[];
}

/**
 * What is secret or generated in the app stays so in an import, since the files of a project cannot say that it is: left open there it keeps its
 * value, a value there becomes the one that is bound.
 * @param lookup holds the definitions of the app's own components.
 */
export function keepBoundValues(command: ReplaceComponents, view: AppView, lookup: ContentLookup): ImportedValues {
  const toBind: ValueToBind[] = [];
  const kept: { key: string; path: Pointer }[] = [];
  const definitions = new Map<Definition, Definition>();
  for (const { before, after } of pairUp(command, view)) {
    if (!before || !after) continue;
    const bound: BoundTexts = new Map();
    const definition = keepIn(lookup.definition(before.digest), after, bound);
    definitions.set(after, definition);
    toBind.push(...valuesToBind(before.componentId, definition, bound));
    for (const path of bound.keys()) kept.push({ key: after.key, path });
  }
  const components = command.components.map((each) => definitions.get(each) ?? each);
  return { replace: { ...command, components }, toBind, kept };
}

function keepIn(before: Definition, after: Definition, bound: BoundTexts): Definition {
  const env = keepEach(before.env, after.env, (name, was, now) => keepVariable(pointerOf('env', name), was, now, bound));
  const files = keepEach(before.configFiles, after.configFiles, (name, was, now) => keepFile(name, was, now, bound));
  return { ...after, ...(env && { env }), ...(files && { configFiles: files }) };
}

type Named<Value> = Readonly<Record<string, Value>>;

function keepEach<Value>(
  before: Named<Value> | undefined,
  after: Named<Value> | undefined,
  keep: (name: string, was: Value, now: Value) => Value,
): Named<Value> | undefined {
  if (!before || !after) return after;
  const result = emptyRecord<Value>();
  for (const [name, now] of Object.entries(after)) {
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    result[name] = was === undefined ? now : keep(name, was, now);
  }
  return result;
}

function keepVariable(path: Pointer, was: EnvValue, now: EnvValue, bound: BoundTexts): EnvValue {
  const wasBound = typeof was === 'object' && was !== null && !('value' in was);
  const said = typeof now === 'object' && now !== null ? now : { value: now };
  if (!wasBound || !('value' in said)) return now;
  if (said.value !== null) bound.set(path, said.value);
  return was;
}

function keepFile(name: string, was: ConfigFileDefinition, now: ConfigFileDefinition, bound: BoundTexts): ConfigFileDefinition {
  if (!('secret' in was) || 'secret' in now) return now;
  const { content, ...rest } = now;
  if (content !== null) bound.set(pointerOf('configFiles', name), content);
  return { ...rest, secret: true };
}
