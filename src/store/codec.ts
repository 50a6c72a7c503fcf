import type { TSchema } from 'typebox';
import Compile, { type Validator } from 'typebox/compile';
import type { EventSchema, EventSchemas } from '../domain/event-schema.js';
import type { JsonObject } from '../domain/json.js';
import { CorruptLogError } from './errors.js';
import type { RecordedEvent } from './event-store.js';

/**
 * Between events as the program knows them, in their newest versions, and events as the log has them. Strict when writing, since what is
 * written stays for ever; tolerant when reading, since another version of the program may have written it.
 */
export class EventCodec {
  readonly #types: ReadonlyMap<string, TypeCodec>;

  constructor(schemas: EventSchemas) {
    this.#types = new Map(Object.entries(schemas).map(([type, schema]) => [type, new TypeCodec(schema)]));
  }

  /**
   * Data to be written, in the newest version: exactly what the schema says, no property more.
   * @throws CorruptLogError for data that does not fit: a fault of ours, never the client's.
   */
  encode(type: string, data: JsonObject): { data: JsonObject; schemaVersion: number } {
    const codec = this.#types.get(type);
    if (!codec) throw new CorruptLogError(`no schema for events of type ${type}`);
    const problem = codec.problemOnWrite(data);
    if (problem !== undefined) throw new CorruptLogError(`${type} ${problem}`);
    return { data, schemaVersion: codec.newest };
  }

  /**
   * A recorded event with its data in the newest version; its metadata keep the version it was recorded in. Properties that no schema names
   * are let through. An event of a type or a version that this program does not know comes back as it is, marked `unread`.
   * @throws CorruptLogError where the data does not fit the schema of its version.
   */
  decode(event: RecordedEvent): RecordedEvent {
    const codec = this.#types.get(event.type);
    if (!codec) return { ...event, unread: 'unknown-type' };
    const { schemaVersion } = event.metadata;
    if (schemaVersion > codec.newest) return { ...event, unread: 'newer-version' };
    const problem = codec.problemOnRead(event.data, schemaVersion);
    if (problem !== undefined) {
      const { stream, revision, position, eventId, type } = event;
      const message = `${stream} revision ${revision}: ${type} in version ${schemaVersion} ${problem}`;
      throw new CorruptLogError(message, { stream, revision, position, eventId });
    }
    if (schemaVersion === codec.newest) return event;
    return { ...event, data: codec.upcast(event.data, schemaVersion), recordedData: event.data };
  }
}

type AnyValidator = Validator<Record<never, never>, TSchema>;

/** One event type: validators are compiled when first needed, since few of them are in a short run. */
class TypeCodec {
  readonly newest: number;
  readonly #reading: (AnyValidator | undefined)[] = [];
  #writing: AnyValidator | undefined;

  constructor(private readonly schema: EventSchema) {
    this.newest = schema.versions.length;
  }

  problemOnWrite(data: JsonObject): string | undefined {
    this.#writing ??= Compile(closed(this.schema.newest) as TSchema);
    return problemIn(data, this.#writing);
  }

  problemOnRead(data: JsonObject, version: number): string | undefined {
    const found = this.schema.versions[version - 1];
    if (!found) return 'has a version that there never was';
    return problemIn(data, (this.#reading[version] ??= Compile(found.schema)));
  }

  upcast(data: JsonObject, from: number): JsonObject {
    return this.schema.versions.slice(from - 1).reduce((older, { upcast }) => (upcast ? upcast(older) : older), data);
  }
}

function problemIn(data: JsonObject, validator: AnyValidator): string | undefined {
  if (validator.Check(data)) return undefined;
  const [problem] = validator.Errors(data);
  return problem ? `${problem.instancePath}: ${problem.message}` : 'does not fit its schema';
}

/** A schema in which every object that does not say otherwise has no properties but those it names. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return inside['type'] === 'object' ? { additionalProperties: false, ...inside } : inside;
}
