import type { ImportWarning } from '../imported-project.js';
import type { Place } from './place.js';

/** Collects what a client should know of an import that went well. */
export class Warnings {
  readonly list: ImportWarning[] = [];
  readonly #once = new Set<string>();

  add(code: string, message: string, place?: Place, suggestion?: string): void {
    this.list.push({
      code,
      message,
      ...(place?.file && { file: place.file }),
      ...(place?.line && { line: place.line }),
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  /** Only the first of those about one thing. */
  addOnce(thing: string, code: string, message: string, place: Place): void {
    if (this.#once.has(thing)) return;
    this.#once.add(thing);
    this.add(code, message, place);
  }
}
