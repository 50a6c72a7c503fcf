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
  readonly #begin = new Map<Place, Context>();

  /** The context of a position, made where there is none yet. */
  at(position: Position, open: () => Context): Context {
    const context = this.#contexts.get(position) ?? open();
    this.#contexts.set(position, context);
    return context;
  }

  /** From a place on, everything beneath it is of a moment. */
  begin(place: Place, context: Context): void {
    this.#begin.set(place, context);
  }

  /** The context of the moment that a place is in; undefined in the present. */
  of(place: Place): Context | undefined {
    if (this.#begin.size === 0) return undefined;
    for (let above: Place | undefined = place; above; above = above.prev) {
      const context = this.#begin.get(above);
      if (context) return context;
    }
    return undefined;
  }
}
