import type { Leaves } from '../definition/leaves.js';
import { emptyRecord, isJsonObject, type Json, type JsonObject } from '../json.js';
import { pointerOf, type Pointer } from '../pointer.js';

/** Values that an edit gives to secrets and to what is generated, by path: they are bound, and not in the definition. */
export type BoundTexts = Map<Pointer, string>;

/**
 * A variable after an edit said something of it: `value`, `description`, `secret`, `generate`, `generateGroup`. What is not said stays. What is
 * secret or generated stays so until that is said to be false, and a value that is given, or that was there in the clear, is bound.
 */
export function editVariable(path: Pointer, before: Json, edit: Json, bound: BoundTexts): Json {
  const was = isJsonObject(before) ? before : { value: before };
  if (!isJsonObject(edit) && 'value' in was) return edit;
  const said = isJsonObject(edit) ? edit : { value: edit };
  const secret = said['secret'] ?? was['secret'] ?? false;
  const generated = said['generate'] ?? was['generated'] ?? false;
  const description = said['description'] ?? was['description'];
  const about: JsonObject = description ? { description } : {};
  if (secret !== true && generated !== true) {
    const value = said['value'] ?? was['value'] ?? null;
    return description ? { value, description } : value;
  }
  const value = said['value'] ?? (generated === true ? undefined : was['value']);
  if (typeof value === 'string') bound.set(path, value);
  if (generated !== true) return { secret: true, ...about };
  const group = said['generateGroup'] ?? was['group'];
  return { generated: true, ...(group !== undefined && { group }), ...(secret === true && { secret: true }), ...about };
}

/** Likewise the config files of an edit: as they are to be set, the contents of secret ones left out. */
export function editConfigFiles(before: Leaves, said: JsonObject, bound: BoundTexts): JsonObject {
  const files = emptyRecord<Json>();
  for (const [name, file] of Object.entries(said)) files[name] = isJsonObject(file) ? editFile(before, name, file, bound) : file;
  return files;
}

function editFile(before: Leaves, name: string, { secret: said, content: given, ...rest }: JsonObject, bound: BoundTexts): JsonObject {
  const path = pointerOf('configFiles', name);
  const wasSecret = before.has(`${path}/secret`);
  if (!(said ?? wasSecret)) {
    const content = given ?? (wasSecret ? null : undefined);
    return content === undefined ? rest : { ...rest, content };
  }
  const content = given ?? before.get(`${path}/content`);
  if (typeof content === 'string') bound.set(path, content);
  return { ...rest, secret: true };
}
