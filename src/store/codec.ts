import type { TObject } from 'typebox';
import Compile, { type Validator } from 'typebox/compile';
import type { EventSchemas } from '../domain/event-schema.js';
import type { JsonObject } from '../domain/json.js';
import { CorruptLogError } from './errors.js';

/** The only version of each event so far. */
const SCHEMA_VERSION = 1;

/** Checks events against their schemas before they are written: what is in the log for ever must be right. */
export class EventCodec {
  readonly #validators = new Map<string, Validator<Record<string, never>, TObject>>();

  constructor(private readonly schemas: EventSchemas) {}

  /** @throws CorruptLogError for data that does not fit: a fault of ours, never the client's. */
  encode(type: string, data: JsonObject): { data: JsonObject; schemaVersion: number } {
    const [problem] = this.#validator(type).Errors(data);
    if (problem) throw new CorruptLogError(`${type} ${problem.instancePath}: ${problem.message}`);
    return { data, schemaVersion: SCHEMA_VERSION };
  }

  #validator(type: string): Validator<Record<string, never>, TObject> {
    let validator = this.#validators.get(type);
    if (!validator) {
      const schema = this.schemas[type];
      if (!schema) throw new CorruptLogError(`no schema for events of type ${type}`);
      validator = Compile(schema);
      this.#validators.set(type, validator);
    }
    return validator;
  }
}
