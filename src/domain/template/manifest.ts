import { digestOf } from '../canonical.js';
import type { ComponentId, Digest, TemplateComponentId } from '../ids.js';

/** A component's place in a version of a template. */
export interface ManifestEntry {
  readonly templateComponentId: TemplateComponentId;
  readonly key: string;
  readonly digest: Digest;
  /** Keys of the components that it cannot be without: part of its definition, kept here so that references are checked without reading it. */
  readonly needs: readonly string[];
  /** The component of the source app that it was last published from: how it is recognised the next time. */
  readonly sourceComponentId: ComponentId;
}

/** What a version consists of. The definitions are found by their digests. */
export interface Manifest {
  readonly components: ReadonlyMap<TemplateComponentId, ManifestEntry>;
  /** Digest of the app-level content. */
  readonly content: Digest;
}

/** Names the content of a version: equal exactly where identities, keys and contents are. */
export function manifestDigest(manifest: Manifest): Digest {
  const components = [...manifest.components.values()].map(({ templateComponentId, key, digest }) => [templateComponentId, key, digest]);
  components.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return digestOf({ components, content: manifest.content });
}

/** From the keys of one manifest to those of another, by identity; a key that only one of them has stays as it is. */
export function keysInTarget(base: Manifest, target: Manifest): (key: string) => string {
  const renamed = new Map<string, string>();
  for (const { templateComponentId, key } of base.components.values()) {
    const now = target.components.get(templateComponentId)?.key;
    if (now !== undefined && now !== key) renamed.set(key, now);
  }
  return (key) => renamed.get(key) ?? key;
}
