import type { Digest } from '../ids.js';
import type { AppContent, Definition } from './definition.js';
import type { Patch } from './patch.js';

/** What is stored once under its digest, and named by events. */
export type Content =
  | { readonly kind: 'definition'; readonly body: Definition }
  | { readonly kind: 'appContent'; readonly body: AppContent }
  | { readonly kind: 'patch'; readonly body: Patch };

/** Finds contents by digest. Those that are needed are fetched before the pure rules run, so a lookup cannot fail. */
export interface ContentLookup {
  definition(digest: Digest): Definition;
  appContent(digest: Digest): AppContent;
  patch(digest: Digest): Patch;
}
