import Type, { type Static, type TObject, type TUnsafe } from 'typebox';
import type { Digest } from './ids.js';

/** The schemas of a stream's events by type name: what the log may hold, and where the TypeScript types of events come from. */
export type EventSchemas = Readonly<Record<string, TObject>>;

/** The union of the events that a set of schemas describes, told apart by `type`. */
export type EventOf<Schemas extends EventSchemas> = {
  [Name in keyof Schemas & string]: { readonly type: Name; readonly data: Static<Schemas[Name]> };
}[keyof Schemas & string];

/** A branded id. */
export function idSchema<Id extends string>(): TUnsafe<Id> {
  return Type.Unsafe<Id>(Type.String({ minLength: 1, maxLength: 100 }));
}

export const digestSchema = Type.Unsafe<Digest>(Type.String({ pattern: '^[0-9a-f]{64}$' }));

/** JSON Pointers (RFC 6901). */
export const pathsSchema = Type.Array(Type.String());
