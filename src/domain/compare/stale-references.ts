import type { ContentLookup } from '../definition/content.js';
import { flatten, isEnvVariable } from '../definition/leaves.js';
import type { Definition } from '../definition/definition.js';
import { isJsonObject, type Json } from '../json.js';
import type { TemplateComponentId } from '../ids.js';
import type { Pointer } from '../pointer.js';
import type { Manifest } from '../template/manifest.js';
import type { Risk } from './risk.js';

interface Place {
  readonly componentKey: string;
  readonly path: Pointer;
  readonly text: string;
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
  const places = [...after.components.values()].flatMap((entry) => placesOf(entry.key, lookup.definition(entry.digest)));
  for (const { templateComponentId, old, key } of gone) {
    const host = hostName(old);
    const naming = places.filter(({ text }) => host.test(text)).map(({ componentKey, path }) => `${componentKey} ${path}`);
    if (naming.length === 0) continue;
    const shown = naming.slice(0, 5).join(', ') + (naming.length > 5 ? ` and ${naming.length - 5} more` : '');
    risks.set(templateComponentId, { code: 'STALE_REFERENCE', message: `"${old}" is now "${key}", still named by ${shown}` });
  }
  return risks;
}

/**
 * Finds a key where it may be a host name. `postgres://db:5432` and `user@db` name `db`; `dbname`, `db-1` and `my.db` do not, nor does
 * `db.example.com`, which is another host, nor `/var/lib/db`, which is a path.
 */
function hostName(key: string): RegExp {
  return new RegExp(`(?<![\\w.-]|(?<!/)/)${key.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`);
}

const SEARCHED = /^\/(?:env|command|entrypoint|configFiles|probes|labels|extra)(?:\/|$)/;

function placesOf(componentKey: string, definition: Definition): Place[] {
  const places: Place[] = [];
  for (const [path, value] of flatten(definition)) {
    if (!SEARCHED.test(path)) continue;
    const text = textOf(isEnvVariable(path) && isJsonObject(value) ? (value['value'] ?? null) : value);
    if (text !== '') places.push({ componentKey, path, text });
  }
  return places;
}

/** The texts in a value, each on a line of its own. */
function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).join('\n');
}
