import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { EventWriter, type DomainEvent } from '../src/commands/event-writer.js';
import { eventSchemas } from '../src/domain/event-catalogue.js';
import { EventCodec } from '../src/store/codec.js';
import type { EventStore, ExpectedRevision } from '../src/store/event-store.js';

const context = { actor: { id: 'bench', kind: 'SERVICE' }, correlationId: uuidv7() } as const;
const runtime = { now: () => new Date().toISOString(), newId: () => uuidv7(), random: () => Math.random() };
const codec = new EventCodec(eventSchemas);

/** Edits one app of its own, event after event of about 600 bytes, by the way that every command takes: checked, linked, appended. */
export class AppEditor {
  readonly #writer: EventWriter;
  readonly #appId = uuidv7();
  readonly #componentId = uuidv7();
  #revision: ExpectedRevision = 'no_stream';
  #edits = 0;

  constructor(store: EventStore) {
    this.#writer = new EventWriter(store, codec, runtime);
  }

  /** @returns the number of events appended. */
  async append(count: number): Promise<number> {
    const events = this.#revision === 'no_stream' ? this.#birth() : Array.from({ length: count }, () => this.#edit());
    const { revision } = await this.#writer.append(`app-${this.#appId}`, this.#revision, events, context);
    this.#revision = revision;
    return events.length;
  }

  #birth(): DomainEvent[] {
    return [
      { type: 'AppCreated', data: { appId: this.#appId, name: 'measured', team: 'bench' } },
      { type: 'ComponentAdded', data: { appId: this.#appId, componentId: this.#componentId, key: 'web', digest: digestOf(0) } },
    ];
  }

  #edit(): DomainEvent {
    this.#edits += 1;
    return { type: 'ComponentChanged', data: editOf(this.#appId, this.#componentId, this.#edits) };
  }
}

export function editOf(appId: string, componentId: string, n: number): object {
  return { appId, componentId, key: 'web', digest: digestOf(n), set: ['/image', `/env/VARIABLE_${n % 100}`], unset: [] };
}

function digestOf(n: number): string {
  return createHash('sha256').update(String(n)).digest('hex');
}
