import { appsByIds, type AppRow } from '../../projections/apps/queries.js';
import type { ContentSource } from '../commands/content-store.js';
import { appContentDigests, appContentOf, definitionOf, digestsOf } from '../domain/app/components.js';
import type { AppView } from '../domain/app/state.js';
import { digestOf } from '../domain/canonical.js';
import type { AppContent, Definition } from '../domain/definition/definition.js';
import type { Digest } from '../domain/ids.js';
import type { ReadModel } from '../projector/projection.js';
import { viewsOfApps } from './app-views.js';

/** An app and its components as of one revision: read in one go, between two events. */
export interface AppSnapshot {
  readonly app: AppRow;
  readonly view: AppView;
}

/** @returns undefined where there is no such app, or it is deleted. */
export function snapshotOf(db: ReadModel, appId: string): AppSnapshot | undefined {
  const [found] = appsByIds(db, [appId]);
  const app = found?.deletedAt === null ? found : undefined;
  const [view] = app ? viewsOfApps(db, [app]) : [];
  return app && view && { app, view };
}

/** What an app is to be: its definitions, local changes and the keys of this app included, and what stands beside them. */
export interface Desired {
  readonly components: readonly Definition[];
  readonly content: AppContent;
}

export async function desiredOf(view: AppView, contents: ContentSource): Promise<Desired> {
  const lookup = await contents.load([...view.components.flatMap(digestsOf), ...appContentDigests(view)]);
  return {
    components: view.components.map((component) => definitionOf(component, view, lookup)),
    content: appContentOf(view, lookup),
  };
}

/** Names all of it: equal exactly where the components have the same keys and definitions, and the same stands beside them. */
export function desiredDigest(components: readonly { readonly key: string; readonly digest: string }[], content: AppContent): Digest {
  const digests = components.map(({ key, digest }) => [key, digest]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return digestOf({ components: digests, content: digestOf(content) });
}
