import { requireVersion, versionSortKey } from '../domain/version.js';

/** The sort key of a version that a list is narrowed to; undefined where none is given. @throws Refusal VERSION_INVALID. */
export function sortKeyOf(version: string | null | undefined): string | undefined {
  return version === null || version === undefined ? undefined : versionSortKey(requireVersion(version));
}
