import Type, { type Static, type TObject, type TProperties, type TString, type TUnsafe } from 'typebox';
import type { JsonObject } from './json.js';
import type { Digest } from './ids.js';

/** One version of an event type: the schema of its data, and what makes data of it into data of the next one; not there on the newest. */
export interface EventVersion {
  readonly schema: TObject;
  readonly upcast?: (data: JsonObject) => JsonObject;
}

/**
 * All versions of one event type, from 1 on: what was ever written is read for ever, as the newest. Made by `event`:
 *
 *     AppRenamed: event({ name: Type.String() }).next({ title: Type.String() }, ({ name }) => ({ title: name })),
 */
export class EventSchema<Newest extends TObject = TObject> {
  constructor(
    readonly newest: Newest,
    private readonly older: readonly Required<EventVersion>[],
  ) {}

  /** Oldest first: version n is at n - 1. */
  get versions(): readonly EventVersion[] {
    return [...this.older, { schema: this.newest }];
  }

  /**
   * A further version.
   * @param upcast what data of the version before means in this one: pure, and total over what that version allows.
   */
  next<Properties extends TProperties>(
    properties: Properties,
    upcast: (before: Static<Newest>) => Static<TObject<Properties>>,
  ): EventSchema<TObject<Properties>> {
    // The codec checked the data against the version's schema before, and that is what its static type says.
    const untyped = (data: JsonObject): JsonObject => upcast(data as Static<Newest>) as JsonObject;
    return new EventSchema(Type.Object(properties), [...this.older, { schema: this.newest, upcast: untyped }]);
  }
}

/** An event type by the properties of its data in version 1. */
export function event<Properties extends TProperties>(properties: Properties): EventSchema<TObject<Properties>> {
  return new EventSchema(Type.Object(properties), []);
}

/** The schemas of a stream's events by type name: what the log may hold, and where the TypeScript types of events come from. */
export type EventSchemas = Readonly<Record<string, EventSchema>>;

/** The union of the events that a set of schemas describes, in their newest versions, told apart by `type`. */
export type EventOf<Schemas extends EventSchemas> = {
  [Name in keyof Schemas & string]: { readonly type: Name; readonly data: Static<Schemas[Name]['newest']> };
}[keyof Schemas & string];

/** A branded id. */
export function idSchema<Id extends string>(): TUnsafe<Id> {
  return Type.Unsafe<Id>(Type.String({ minLength: 1, maxLength: 100 }));
}

export const digestSchema = Type.Unsafe<Digest>(Type.String({ pattern: '^[0-9a-f]{64}$' }));

/** Says of a digest that it names a content (stream `definition-<digest>`). It is in the published schema, too. */
export const NAMES_CONTENT = 'x-content';

/** The digest of a content that was stored before the event; of what an installed component comes to, only the local patch was. */
export const contentDigestSchema = Type.Unsafe<Digest>(Type.String({ pattern: '^[0-9a-f]{64}$', [NAMES_CONTENT]: true }));

/** JSON Pointers (RFC 6901). */
export const pathsSchema = Type.Array(Type.String());

/** Says of a property that views of the event do not show it. It is in the published schema, too. */
export const MASKED = 'x-masked';

/** A text that only the log has: ciphertext, and what tells something of it. */
export function masked(): TString {
  return Type.String({ [MASKED]: true });
}

/** A digest that only the log has. */
export const maskedDigestSchema = Type.Unsafe<Digest>(Type.String({ pattern: '^[0-9a-f]{64}$', [MASKED]: true }));
