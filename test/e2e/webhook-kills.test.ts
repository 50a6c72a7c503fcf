import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuiltServer, kill } from '../support/built-server.js';
import type { Api } from '../support/server.js';
import { Receiver } from '../webhooks/receiver.js';

const KILLS = 3;
const APPS = 4;
const ENVIRONMENT = { REGRAFT_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' };

describe(`webhooks of the server, killed ${KILLS} times while it delivers`, () => {
  let server: BuiltServer;
  let receiver: Receiver;
  beforeEach(async () => {
    server = new BuiltServer();
    receiver = await Receiver.start();
  });
  afterEach(async () => {
    server.remove();
    await receiver.stop();
  });

  it('bring every event at least once, and those of a stream in order', { timeout: 120_000 }, async () => {
    // Some are refused: what they hold is on the way when the server is killed.
    let asked = 0;
    receiver.behaviour = () => (asked++ % 20 === 19 ? 503 : 204);
    let { api, child } = await server.start(ENVIRONMENT);
    await api.mutate('registerWebhook', 'RegisterWebhookInput', { url: receiver.url }, 'webhook { id }');
    const ids: string[] = [];
    for (let n = 0; n < APPS; n++)
      ids.push(((await api.mutate('createApp', 'CreateAppInput', { name: `a${n}` }, 'app { id }')) as Made).app.id);
    const last = new Map<string, number>();
    for (let round = 0; round <= KILLS; round++) {
      for (let n = 0; n < 5; n++) for (const appId of ids) last.set(appId, await addComponent(api, appId, `c${round}-${n}`));
      if (round === KILLS) break;
      await expect.poll(() => receiver.messages.length, { timeout: 20_000 }).toBeGreaterThan(0);
      await kill(child);
      ({ api, child } = await server.start(ENVIRONMENT));
    }
    await expect.poll(() => ids.map(accepted), { timeout: 60_000 }).toEqual(ids.map((id) => last.get(id)));
    await kill(child);
  });

  /** The last revision of an app that was accepted. Nothing was sent before what it follows was. */
  function accepted(appId: string): number {
    let reached = -1;
    for (const { event, status } of receiver.messages.filter((message) => message.event.subject === `app-${appId}`)) {
      expect(event.revision).toBeLessThanOrEqual(reached + 1);
      if (status === 204) reached = Math.max(reached, event.revision);
    }
    return reached;
  }
});

interface Made {
  readonly app: { readonly id: string };
}

async function addComponent(api: Api, appId: string, key: string): Promise<number> {
  const input = { appId, component: { key, image: '1' } };
  const { app } = (await api.mutate('addComponent', 'AddComponentInput', input, 'app { revision }')) as { app: { revision: number } };
  return app.revision;
}
