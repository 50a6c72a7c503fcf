import type { JsonObject } from '../domain/json.js';
import type { EventCodec } from '../store/codec.js';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent, StreamName } from '../store/event-store.js';
import { ChainEnds, chain } from '../store/hash-chain.js';
import { activeTraceparent } from '../telemetry/tracing.js';
import type { CommandContext, Runtime } from './context.js';

/** A domain event: a type and its data. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** Appends domain events with the metadata that every event carries: who, when, in the course of what, and after which event. */
export class EventWriter {
  readonly #ends: ChainEnds;

  /** @param store the log as it is recorded, not decoded: hashes are of what is there. */
  constructor(
    private readonly store: EventStore,
    private readonly codec: EventCodec,
    private readonly runtime: Runtime,
  ) {
    this.#ends = new ChainEnds(store);
  }

  /** @throws what `EventStore.append` throws; CorruptLogError for data that does not fit its schema. */
  async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly DomainEvent[],
    context: CommandContext,
  ): Promise<AppendResult> {
    const occurredAt = this.runtime.now();
    const traceparent = activeTraceparent();
    const newEvents = events.map(({ type, data }): NewEvent => {
      const checked = this.codec.encode(type, data as JsonObject);
      return {
        eventId: this.runtime.newId(),
        type,
        data: checked.data,
        metadata: {
          occurredAt,
          $correlationId: context.correlationId,
          $causationId: context.correlationId,
          ...(context.command && {
            commandId: context.command.id,
            commandName: context.command.name,
            commandDigest: context.command.digest,
          }),
          actor: context.actor,
          ...(traceparent !== undefined && { traceparent }),
          schemaVersion: checked.schemaVersion,
        },
      };
    });
    const { linked, hash } = chain(newEvents, await this.#ends.hashAt(stream, expected));
    const result = await this.store.append(stream, expected, linked);
    if (hash !== undefined) this.#ends.appended(stream, result.revision, hash);
    return result;
  }
}
