import type { Leaves } from '../definition/leaves.js';
import { jsonEqual, type Json } from '../json.js';
import { mergeTexts } from '../merge/merge-texts.js';
import type { Pointer } from '../pointer.js';

/**
 * What local edits did to the leaves of one tree, told from how it was at some times: each leaf that differs for an edit, with the value it had
 * before. A tree that is not there is undefined.
 */
export class EditedLeaves {
  /** Undefined for a leaf that was not there. */
  readonly #before = new Map<Pointer, Json | undefined>();
  /** Where it was deleted: as it would be without edits. */
  #deleted: Leaves | undefined;

  /** Between two upgrades every difference is an edit, and so is every leaf of a tree that was not there. An edit that is taken back is none. */
  edited(start: Leaves | undefined, end: Leaves | undefined): void {
    if (!end) {
      if (start) this.#deleted = this.without(start);
      this.#before.clear();
      return;
    }
    for (const path of new Set([...(start?.keys() ?? []), ...end.keys()])) {
      const [before, after] = [start?.get(path), end.get(path)];
      if (jsonEqual(before, after)) continue;
      if (!this.#before.has(path)) this.#before.set(path, before);
      else if (jsonEqual(this.#before.get(path), after)) this.#before.delete(path);
    }
  }

  /** What an upgrade makes of a leaf is no edit, whatever it was before. Of a text that it merged, what was edited in it stays an edit. */
  upgraded(before: Leaves | undefined, after: Leaves | undefined): void {
    if (after) this.#deleted = undefined;
    if (!before || !after) {
      this.#before.clear();
      return;
    }
    for (const [path, original] of this.#before) {
      const [edited, now] = [before.get(path), after.get(path)];
      if (jsonEqual(edited, now)) continue;
      const text = unedited(original, edited, now);
      if (text === undefined || text === now) this.#before.delete(path);
      else this.#before.set(path, text);
    }
  }

  /** A tree as it would be without the edits; the same where there are none. One that an edit deleted is as it was before that. */
  without(now: Leaves): Leaves;
  without(now: Leaves | undefined): Leaves | undefined;
  without(now: Leaves | undefined): Leaves | undefined {
    if (!now) return this.#deleted;
    if (this.#before.size === 0) return now;
    const leaves = new Map(now);
    for (const path of this.#before.keys()) leaves.delete(path);
    for (const [path, value] of this.#before) if (value !== undefined && fits(path, leaves)) leaves.set(path, value);
    return leaves;
  }
}

/** A text of several lines without what was edited in it, once it was merged; where that cannot be told, as it was before the edit. */
function unedited(original: Json | undefined, edited: Json | undefined, now: Json | undefined): string | undefined {
  if (typeof original !== 'string' || typeof edited !== 'string' || typeof now !== 'string') return undefined;
  if (![original, edited, now].some((text) => text.includes('\n'))) return undefined;
  const merged = mergeTexts({ base: edited, local: now, target: original });
  return merged?.hunks.length === 0 ? merged.with('local') : original;
}

/** Whether no other leaf stands above or below a place: an upgrade may have put one there. */
function fits(path: Pointer, leaves: Leaves): boolean {
  for (const leaf of leaves.keys()) if (leaf.startsWith(`${path}/`) || path.startsWith(`${leaf}/`)) return false;
  return true;
}
