import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { AbsentStore } from '../support/absent-store.js';
import { startTestNode, type Api, type TestNode } from '../support/server.js';

const COMPOSE = `
services:
  web: { image: "shop/web:1.0", environment: { LOG_LEVEL: info }, depends_on: [db] }
  db: { image: "postgres:16", volumes: ["data:/var/lib/postgresql/data"] }
volumes: { data: {} }
`;

/** What the console shows: all of it from the read models. */
const SHOWN = `query ($app: ID!, $template: ID!) {
  app(id: $app) {
    name revision extra
    components { key image env { name value } localChanges { path before after } }
    installations { currentVersion upgradableVersions { version components { key image } } }
    upgradeRecords { edges { node { toVersion components { key fields { path outcome } } } } }
  }
  apps { totalCount edges { node { name } } }
  template(id: $template) { releaseRecords { edges { node { version syncRecords { componentKey change differences { path after } } } } } }
  compareVersions(templateId: $template, from: "1.0", to: "1.1") { components { key change fields { path before after } } }
}`;

/** A source of three versions, and an install with a local change that was upgraded to the second. */
async function tellStory(api: Api): Promise<{ app: string; template: string }> {
  const { app: source } = await api.mutate('createApp', 'CreateAppInput', { name: 'source' }, 'app { id }');
  const publish = async (version: string, as: object): Promise<string> => {
    const files = [{ name: 'compose.yaml', content: COMPOSE.replace('web:1.0', `web:${version}`) }];
    await api.mutate('importCompose', 'ImportComposeInput', { appId: source.id, files }, 'app { id }');
    const { template } = await api.mutate(
      'publishTemplate',
      'PublishTemplateInput',
      { appId: source.id, version, ...as },
      'template { id }',
    );
    return template.id as string;
  };
  const templateId = await publish('1.0', { name: 'shop' });
  const { app } = await api.mutate(
    'installTemplate',
    'InstallTemplateInput',
    { templateId, appName: 'mine' },
    'app { id components { id } }',
  );
  const set = { env: [{ name: 'LOG_LEVEL', value: 'debug' }] };
  await api.mutate('updateComponent', 'UpdateComponentInput', { appId: app.id, componentId: app.components[0].id, set }, 'app { id }');
  await publish('1.1', { templateId });
  await api.mutate('upgradeApp', 'UpgradeAppInput', { appId: app.id, toVersion: '1.1' }, 'app { id }');
  await publish('1.2', { templateId });
  return { app: app.id as string, template: templateId };
}

describe('while the store is away', () => {
  let store: AbsentStore;
  let writer: TestNode;
  let node: TestNode;
  let ids: { app: string; template: string };
  let shown: unknown;
  let position: string;

  beforeAll(async () => {
    const shared = openEmbeddedStore({ path: ':memory:' });
    store = new AbsentStore(shared, true);
    // The events come from another node, so that nothing of them is in the caches of this one.
    writer = await startTestNode({ store: shared });
    node = await startTestNode({ store, keepContents: true });
    ids = await tellStory(writer.api);
    ({ position } = await writer.api.ask('{ position }'));
    const answer = await writer.api.send(SHOWN, ids);
    expect(answer.errors).toBeUndefined();
    shown = answer.data;
    await node.api.with({ 'regraft-min-position': position }).ask('{ __typename }');
    store.takeAway();
  });
  afterAll(async () => {
    await node.close();
    await writer.close();
  });

  it('queries go on, contents included, marked with the position that they stand at', async () => {
    const answer = await node.api.post(SHOWN, ids);
    expect(await answer.json()).toEqual({ data: shown });
    expect(answer.headers.get('regraft-position')).toBe(position);
  });

  it('mutations fail with a code, what to do, and when', async () => {
    const error = await node.api.refuse('createApp', 'CreateAppInput', { name: 'not now' });
    expect(error.extensions).toEqual({ code: 'STORE_UNAVAILABLE', retryAfterSeconds: 5 });
    expect(error.message).toMatch(/try again in 5 seconds/);
  });

  it('what only the log can tell fails likewise: its end, its history, and plans', async () => {
    for (const query of [
      '{ position }',
      '{ history(first: 1) { edges { node { type } } } }',
      `{ upgradePlan(appId: "${ids.app}", toVersion: "1.2") { fingerprint } }`,
      `{ publishPreview(appId: "${ids.app}") { latestVersion } }`,
    ])
      expect((await node.api.refusal(query)).extensions.code).toBe('STORE_UNAVAILABLE');
  });

  it('a subscriber waits, and gets all that came meanwhile when it is back, once and in order; so does everybody', async () => {
    const client = createClient({ url: `${node.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    store.bringBack();
    const received: string[] = [];
    const stream = client.iterate<{ events: { event: { data: { name: string } } | null } }>({
      query: 'subscription ($after: Position!) { events(after: $after) { event { data } } }',
      variables: { after: position },
    });
    const create = (name: string): Promise<unknown> => writer.api.mutate('createApp', 'CreateAppInput', { name }, 'position');
    for await (const { data } of stream) {
      const event = data?.events.event;
      if (event) received.push(event.data.name);
      if (received.length === 0) await create('before');
      else if (received.length === 1) {
        store.takeAway();
        for (const name of ['first', 'second', 'third']) await create(name);
        await node.api.refuse('createApp', 'CreateAppInput', { name: 'not now' });
        store.bringBack();
        await node.api.mutate('createApp', 'CreateAppInput', { name: 'last' }, 'position');
      }
      if (received.includes('last')) break;
    }
    await client.dispose();
    expect(received).toEqual(['before', 'first', 'second', 'third', 'last']);
    expect(await node.api.ask('{ apps(search: "not now") { totalCount } }')).toEqual({ apps: { totalCount: 0 } });
  });
});

describe('a release that runs when the store goes away', () => {
  it('comes to its end by itself when the store is back', async () => {
    const store = new AbsentStore(openEmbeddedStore({ path: ':memory:' }));
    let away = true;
    const node = await startTestNode({
      store,
      publishWaitMs: 50,
      visibleWithinMs: 200,
      check: () => {
        if (away) store.takeAway();
        return Promise.resolve();
      },
    });
    const { app } = await node.api.mutate('createApp', 'CreateAppInput', { name: 'source' }, 'app { id }');
    await node.api.send(`mutation { addComponent(input: { appId: "${app.id}", component: { key: "web" } }) { position } }`);
    // It is started, and visible or not; either way it cannot go on.
    await node.api.send(`mutation { publishTemplate(input: { appId: "${app.id}", name: "shop", version: "1.0" }) { position } }`);
    away = false;
    store.bringBack();
    let state: string | undefined;
    do {
      const answer = await node.api.ask(`{ app(id: "${app.id}") { releaseRecords { edges { node { state } } } } }`);
      state = answer.app.releaseRecords.edges[0]?.node.state as string | undefined;
    } while (state === undefined || state === 'SYNCING');
    expect(state).toBe('PUBLISHED');
    await node.close();
  });
});
