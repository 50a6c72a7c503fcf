import { emptyRecord, type Json } from '../../domain/json.js';
import { toJson, type Tree, type TreeMap } from './tree.js';

/** What becomes the `extra` of a component: all of a service that is not taken, and what is kept of what is. */
export class Kept {
  readonly #taken = new Set<string>();
  readonly #kept = emptyRecord<Json>();

  constructor(readonly service: TreeMap) {}

  /** A field that the caller sees to. */
  take(name: string): Tree | undefined {
    this.#taken.add(name);
    return this.service[name];
  }

  /** Keeps something under a name; what is undefined, or an empty map, is nothing to keep. */
  keep(name: string, value: Json | undefined): void {
    const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (value !== undefined && !empty) this.#kept[name] = value;
  }

  get extra(): Record<string, Json> {
    const extra = emptyRecord<Json>();
    for (const [name, value] of Object.entries(this.#kept)) extra[name] = value;
    for (const [name, value] of Object.entries(this.service)) if (!this.#taken.has(name)) extra[name] = toJson(value);
    return extra;
  }
}
