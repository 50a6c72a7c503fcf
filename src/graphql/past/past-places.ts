import type { GraphQLResolveInfo } from 'graphql';
import type { Position } from '../../store/event-store.js';
import { Allowance } from '../../queries/past/allowance.js';

/** Where a field is in the answer: that of what is beneath it leads back to it. */
export type Place = GraphQLResolveInfo['path'];

/**
 * The parts of an answer that are as of a moment in the past, by the field that they begin at: what is beneath a field is of its moment. So one operation
 * asks for the same app at several moments, by aliases.
 */
export class PastPlaces<Context> {
  /** What all of them may read of the log. */
  readonly allowance = new Allowance();
  readonly #contexts = new Map<Position, Context>();
  readonly #begin = new Map<string, Context>();

  /** The context of a position, made where there is none yet. */
  at(position: Position, open: () => Context): Context {
    const context = this.#contexts.get(position) ?? open();
    this.#contexts.set(position, context);
    return context;
  }

  /** From a place on, everything beneath it is of a moment. */
  begin(place: Place, context: Context): void {
    this.#begin.set(nameOf(keysOf(place)), context);
  }

  /** The context of the moment that a place is in; undefined in the present. */
  of(place: Place): Context | undefined {
    if (this.#begin.size === 0) return undefined;
    const keys = keysOf(place);
    for (let length = keys.length; length > 0; length--) {
      const context = this.#begin.get(nameOf(keys.slice(0, length)));
      if (context) return context;
    }
    return undefined;
  }
}

/** By its keys: compiled queries make a place anew for each field. */
function keysOf(place: Place): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let above: Place | undefined = place; above; above = above.prev) keys.push(above.key);
  return keys.reverse();
}

/** Keys are response names and indexes: neither has a slash. */
function nameOf(keys: readonly (string | number)[]): string {
  return keys.join('/');
}
