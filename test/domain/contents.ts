import { digestOf } from '../../src/domain/canonical.js';
import type { Content, ContentLookup } from '../../src/domain/definition/content.js';
import type { AppContent, Definition } from '../../src/domain/definition/definition.js';
import { normalizeDefinition, type DefinitionDraft } from '../../src/domain/definition/normalize.js';
import type { Patch } from '../../src/domain/definition/patch.js';
import type { ComponentId, Digest, TemplateComponentId } from '../../src/domain/ids.js';
import type { Manifest } from '../../src/domain/template/manifest.js';

/** A component as a test writes it: its identity is its key, unless it says another key. */
export type Draft = Omit<DefinitionDraft, 'key'> & { readonly key?: string };

/** Contents in memory, found by digest. */
export class Contents implements ContentLookup {
  readonly #bodies = new Map<Digest, Content['body']>();

  add<Body extends Content['body']>(body: Body): Digest {
    const digest = digestOf(body);
    this.#bodies.set(digest, body);
    return digest;
  }

  define(draft: DefinitionDraft): Digest {
    return this.add(normalizeDefinition(draft));
  }

  /** A version of a template, given as identity to component. */
  manifest(components: Readonly<Record<string, Draft>>, extra?: AppContent['extra']): Manifest {
    const entries = Object.entries(components).map(([id, draft]) => {
      const definition = normalizeDefinition({ key: id, ...draft });
      const templateComponentId = id as TemplateComponentId;
      return {
        templateComponentId,
        key: definition.key,
        digest: this.add(definition),
        needs: Object.keys(definition.dependsOn ?? {}),
        sourceComponentId: `source of ${id}` as ComponentId,
      };
    });
    return {
      components: new Map(entries.map((entry) => [entry.templateComponentId, entry])),
      content: this.add(extra ? { extra } : {}),
    };
  }

  definition(digest: Digest): Definition {
    return this.#find(digest) as Definition;
  }

  appContent(digest: Digest): AppContent {
    return this.#find(digest) as AppContent;
  }

  patch(digest: Digest): Patch {
    return this.#find(digest) as Patch;
  }

  /** A lookup that finds these contents and no others. */
  only(digests: readonly Digest[]): Contents {
    const some = new Contents();
    for (const digest of digests) some.add(this.#find(digest));
    return some;
  }

  #find(digest: Digest): Content['body'] {
    const body = this.#bodies.get(digest);
    if (!body) throw new Error(`no content ${digest}`);
    return body;
  }
}
