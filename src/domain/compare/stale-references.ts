import type { ContentLookup } from '../definition/content.js';
import { flatten, isEnvVariable } from '../definition/leaves.js';
import type { Definition } from '../definition/definition.js';
import { isJsonObject, type Json } from '../json.js';
import type { TemplateComponentId } from '../ids.js';
import type { Pointer } from '../pointer.js';
import type { Manifest } from '../template/manifest.js';
import type { Risk } from './risk.js';

/** Where a text of a component is. */
export interface Place {
  readonly componentKey: string;
  readonly path: Pointer;
}

interface Text extends Place {
  readonly text: string;
}

/** A component whose texts may name others: as its key shows it. */
export interface Speaker {
  readonly key: string;
  readonly definition: Definition;
}

/**
 * For each component that was renamed: whether a text of a component of the new version still names it by its old key: a variable, a command, a
 * config file, a probe, a label, or anything that Regraft does not model.
 */
export function staleReferences(before: Manifest, after: Manifest, lookup: ContentLookup): ReadonlyMap<TemplateComponentId, Risk> {
  const keys = new Set([...after.components.values()].map(({ key }) => key));
  const gone = [...after.components.values()].flatMap(({ templateComponentId, key }) => {
    const old = before.components.get(templateComponentId)?.key;
    return old === undefined || old === key || keys.has(old) ? [] : [{ templateComponentId, old, key }];
  });
  const risks = new Map<TemplateComponentId, Risk>();
  if (gone.length === 0) return risks;
  const texts = textsOf([...after.components.values()].map(({ key, digest }) => ({ key, definition: lookup.definition(digest) })));
  for (const { templateComponentId, old, key } of gone) {
    const risk = staleReference(old, key, naming(old, texts));
    if (risk) risks.set(templateComponentId, risk);
  }
  return risks;
}

/** Where texts of components name a key as a host: a variable, a command, a config file, ... */
export function placesNaming(key: string, speakers: readonly Speaker[]): Place[] {
  return naming(key, textsOf(speakers));
}

/** That places name a component by a key that is not its own; undefined where none does. */
export function staleReference(old: string, key: string, places: readonly Place[]): Risk | undefined {
  if (places.length === 0) return undefined;
  const named = places.map(({ componentKey, path }) => `${componentKey} ${path}`);
  const shown = named.slice(0, 5).join(', ') + (named.length > 5 ? ` and ${named.length - 5} more` : '');
  return { code: 'STALE_REFERENCE', message: `"${old}" is now "${key}", still named by ${shown}` };
}

function naming(key: string, texts: readonly Text[]): Place[] {
  const host = hostName(key);
  return texts.filter(({ text }) => host.test(text)).map(({ componentKey, path }) => ({ componentKey, path }));
}

/**
 * Finds a key where it may be a host name. `postgres://db:5432` and `user@db` name `db`; `dbname`, `db-1` and `my.db` do not, nor does
 * `db.example.com`, which is another host, nor `/var/lib/db`, which is a path.
 */
function hostName(key: string): RegExp {
  return new RegExp(`(?<![\\w.-]|(?<!/)/)${key.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`);
}

const SEARCHED = /^\/(?:env|command|entrypoint|configFiles|probes|labels|extra)(?:\/|$)/;

function textsOf(speakers: readonly Speaker[]): Text[] {
  const texts: Text[] = [];
  for (const { key: componentKey, definition } of speakers) {
    for (const [path, value] of flatten(definition)) {
      if (!SEARCHED.test(path)) continue;
      const text = textOf(isEnvVariable(path) && isJsonObject(value) ? (value['value'] ?? null) : value);
      if (text !== '') texts.push({ componentKey, path, text });
    }
  }
  return texts;
}

/** The texts in a value, each on a line of its own. */
function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).join('\n');
}
