import { EventWriter } from '../../src/commands/event-writer.js';
import { createToken, revokeToken, type NewToken } from '../../src/commands/tokens.js';
import type { TokenRequest } from '../../src/domain/access/token.js';
import { eventSchemas } from '../../src/domain/event-catalogue.js';
import { EventCodec } from '../../src/store/codec.js';
import { decodingStore } from '../../src/store/decoding-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { systemRuntime } from '../../src/system-runtime.js';

const context = { actor: { id: 'test', kind: 'ANONYMOUS' }, correlationId: 'test' } as const;

/** Makes and revokes tokens in a log, beside the servers that run on it. */
export class TokenDesk {
  readonly #services;

  constructor(store: EventStore, runtime = systemRuntime) {
    const codec = new EventCodec(eventSchemas);
    this.#services = { store: decodingStore(store, codec), writer: new EventWriter(store, codec, runtime), runtime };
  }

  create(request: Partial<TokenRequest> = {}): Promise<NewToken> {
    return createToken(this.#services, { name: 'robot', grants: [{ role: 'ADMIN', teams: 'ALL' }], ...request }, context);
  }

  async revoke(tokenId: string): Promise<boolean> {
    return (await revokeToken(this.#services, tokenId, context)) !== undefined;
  }
}
