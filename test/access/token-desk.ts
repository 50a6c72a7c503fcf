import { expect, vi } from 'vitest';
import { EventWriter } from '../../src/commands/event-writer.js';
import { Aggregates } from '../../src/commands/aggregates.js';
import { ContentStore } from '../../src/commands/content-store.js';
import { handleCreateToken, handleRevokeToken, type TokenServices } from '../../src/commands/tokens.js';
import { Turns } from '../../src/commands/turns.js';
import type { TokenRequest } from '../../src/domain/access/token.js';
import { eventSchemas } from '../../src/domain/event-catalogue.js';
import { EventCodec } from '../../src/store/codec.js';
import { decodingStore } from '../../src/store/decoding-store.js';
import { BEFORE_FIRST, type EventStore } from '../../src/store/event-store.js';
import { systemRuntime } from '../../src/system-runtime.js';
import type { Api } from '../support/server.js';

const context = { actor: { id: 'test', kind: 'ANONYMOUS' }, correlationId: 'test' } as const;

/** Makes and revokes tokens in a log, beside the servers that run on it. */
export class TokenDesk {
  readonly #services: TokenServices;

  constructor(store: EventStore, runtime = systemRuntime) {
    const codec = new EventCodec(eventSchemas);
    const [decoded, writer] = [decodingStore(store, codec), new EventWriter(store, codec, runtime)];
    this.#services = {
      aggregates: new Aggregates(decoded, runtime),
      contents: new ContentStore(decoded, writer),
      writer,
      runtime,
      turns: new Turns(),
    };
  }

  async create(request: Partial<TokenRequest> = {}): Promise<{ readonly tokenId: string; readonly secret: string }> {
    const whole = { name: 'robot', grants: [{ role: 'ADMIN', teams: 'ALL' }], ...request } as const;
    const { tokenId, secret } = await handleCreateToken(this.#services, context, whole);
    return { tokenId, secret: secret ?? '' };
  }

  async revoke(tokenId: string): Promise<boolean> {
    return (await handleRevokeToken(this.#services, context, tokenId)).result;
  }
}

/** Uses each token once, and waits for the log to say so: it does not grow by their further uses then, for an hour. */
export async function recordUses(store: EventStore, api: Api, secrets: Iterable<string>): Promise<void> {
  const all = [...secrets];
  for (const secret of all) {
    const bearer = api.with({ authorization: `Bearer ${secret}` });
    await vi.waitFor(async () => expect((await bearer.post('{ __typename }')).status).toBe(200), { timeout: 5_000 });
  }
  await vi.waitFor(async () => {
    const uses = (await store.readAll({ after: BEFORE_FIRST, limit: 10_000 })).filter(({ type }) => type === 'TokenUsed');
    expect(uses).toHaveLength(all.length);
  });
}
