import type { ContentLookup } from '../definition/content.js';
import type { Definition } from '../definition/definition.js';
import type { TemplateComponentId } from '../ids.js';
import type { Manifest } from '../template/manifest.js';
import type { Risk } from './risk.js';

/**
 * For each component that was renamed: whether a variable or a command of another component of the new version still names it by its old
 * key, as a word of its own (`postgres://db:5432` names `db`, `dbname` does not).
 */
export function staleReferences(before: Manifest, after: Manifest, lookup: ContentLookup): ReadonlyMap<TemplateComponentId, Risk> {
  const risks = new Map<TemplateComponentId, Risk>();
  const keys = new Set([...after.components.values()].map(({ key }) => key));
  for (const entry of after.components.values()) {
    const old = before.components.get(entry.templateComponentId);
    if (!old || old.key === entry.key || keys.has(old.key)) continue;
    const places = placesThatName(old.key, after, lookup);
    if (places.length === 0) continue;
    const shown = places.slice(0, 5).join(', ') + (places.length > 5 ? ` and ${places.length - 5} more` : '');
    risks.set(entry.templateComponentId, {
      code: 'STALE_REFERENCE',
      message: `"${old.key}" is now "${entry.key}", still named by ${shown}`,
    });
  }
  return risks;
}

function placesThatName(key: string, manifest: Manifest, lookup: ContentLookup): string[] {
  const word = new RegExp(`(?<![\\w.-])${key.replaceAll('.', '\\.')}(?![\\w-])`);
  return [...manifest.components.values()].flatMap((entry) => {
    const definition = lookup.definition(entry.digest);
    return textsOf(definition)
      .filter(([, text]) => word.test(text))
      .map(([place]) => `${entry.key} ${place}`);
  });
}

function textsOf(definition: Definition): (readonly [string, string])[] {
  const variables = Object.entries(definition.env ?? {}).map(([name, value]) => {
    const text = typeof value === 'object' ? value?.value : value;
    return [`/env/${name}`, text ?? ''] as const;
  });
  return [...variables, ['/command', (definition.command ?? []).join(' ')], ['/entrypoint', (definition.entrypoint ?? []).join(' ')]];
}
