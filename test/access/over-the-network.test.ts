import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { may, ROLES, type Permission, type Role } from '../../src/domain/access/principal.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { EventReader } from '../support/event-reader.js';
import { ApiNode } from '../support/nodes.js';
import { startTestNode, type Api, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';
import { having, OTHERS, OWNERS } from './principals.js';
import { recordUses, TokenDesk } from './token-desk.js';
import { makeWorld, MARK, type World } from './world.js';

type Who = Role | 'FOREIGNER';
const EVERYBODY: readonly Who[] = [...ROLES, 'FOREIGNER'];

/** Whether somebody has a permission in the team of the owners. */
const mayThere = (who: Who, permission: Permission): boolean => who !== 'FOREIGNER' && may(having(who, OWNERS), permission, OWNERS);

interface Message {
  readonly data?: { readonly events: { readonly caughtUp: boolean; readonly event: { readonly id: string } | null } };
}

const EVENTS = 'subscription { events(from: BEGINNING) { caughtUp event { id type stream data } } }';

/** What test/access/matrix.test.ts finds of everything in process, of a sample over HTTP, WebSocket and SSE, by tokens: nothing on the way lets more through. */
describe('by real tokens over the network', () => {
  let store: EventStore;
  let node: TestNode;
  let world: World;
  const secrets = new Map<Who, string>();

  beforeAll(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    const maker = await ApiNode.open(store);
    world = await makeWorld(maker);
    await maker.close();
    const desk = new TokenDesk(store);
    for (const who of EVERYBODY) {
      const grant = who === 'FOREIGNER' ? { role: 'ADMIN' as const, teams: [OTHERS] } : { role: who, teams: [OWNERS] };
      secrets.set(who, (await desk.create({ name: `asking-${who}`, grants: [grant] })).secret);
    }
    node = await startTestNode({ store, access: 'tokens' });
    await recordUses(store, node.api, secrets.values());
  }, 60_000);
  afterAll(() => node.close());

  const bearer = (who: Who) => ({ authorization: `Bearer ${secrets.get(who) ?? ''}` });
  const as = (who: Who): Api => node.api.with(bearer(who));

  function expectNothingHidden(answer: unknown): void {
    const text = JSON.stringify(answer);
    expect(text).not.toContain(MARK);
    for (const id of world.hidden) expect(text).not.toContain(id);
  }

  it.each(EVERYBODY)('%s finds nodes of the owners exactly where they may READ there', async (who) => {
    // A rehearsal is known to the node alone that made it.
    for (const id of world.hidden.filter((each) => each !== world.rehearsal)) {
      const { node: found } = await as(who).ask('query ($id: ID!) { node(id: $id) { id } }', { id });
      expect(found).toEqual(mayThere(who, 'READ') ? { id } : null);
    }
  });

  it.each(EVERYBODY)('%s is listed and counted the same apps', async (who) => {
    const source = 'query ($first: Int) { apps(first: $first) { totalCount edges { node { name team } } } }';
    const { apps } = (await as(who).ask(source, { first: 100 })) as {
      apps: { totalCount: number; edges: readonly { node: { team: string } }[] };
    };
    expect(apps.totalCount).toBe(apps.edges.length);
    expect(apps.totalCount).toBeGreaterThan(0);
    const team = who === 'FOREIGNER' ? OTHERS : OWNERS;
    expect(new Set(apps.edges.map((edge) => edge.node.team))).toEqual(new Set([team]));
    if (who === 'FOREIGNER') expectNothingHidden(apps);
  });

  /** Each with a question of its kind about what is the owners'. */
  const QUESTIONS: readonly (readonly [Permission, string, (world: World) => object])[] = [
    ['READ', 'query ($appId: ID!) { history(filter: { appId: $appId }) { totalCount } }', ({ source }) => ({ appId: source })],
    ['DEVELOP', 'query ($appId: ID!) { publishPreview(appId: $appId) { latestVersion } }', ({ source }) => ({ appId: source })],
    ['AUDIT', 'query ($upgradeId: ID!) { upgradeProof(upgradeId: $upgradeId) { events } }', ({ upgrade }) => ({ upgradeId: upgrade })],
    ['ADMINISTER', '{ tokens { totalCount } webhooks { totalCount } }', () => ({})],
  ];

  it.each(QUESTIONS)('%s: %s is answered where it is permitted, else FORBIDDEN', async (permission, source, variables) => {
    for (const role of ROLES) {
      const { errors } = await as(role).send(source, variables(world));
      const codes = (errors ?? []).map(({ extensions }) => extensions.code);
      expect([role, new Set(codes)]).toEqual([role, new Set(mayThere(role, permission) ? [] : ['FORBIDDEN'])]);
    }
  });

  /** Commands that are refused whatever they would do; those that are permitted are refused for what they ask. */
  const COMMANDS: readonly (readonly [Permission, string, string, (world: World) => object, string])[] = [
    ['DEVELOP', 'updateApp', 'UpdateAppInput', ({ source }) => ({ appId: source, expectedRevision: 9_999 }), 'REVISION_CONFLICT'],
    ['OPERATE', 'upgradeApp', 'UpgradeAppInput', ({ ofOpen }) => ({ appId: ofOpen.app, toVersion: '9' }), 'NOT_FOUND'],
    ['ADMINISTER', 'changeWebhook', 'ChangeWebhookInput', ({ webhook }) => ({ webhookId: webhook, url: 'ftp://x' }), 'BAD_USER_INPUT'],
  ];

  it.each(COMMANDS)('%s: %s comes as far as its rules where it is permitted', async (permission, name, type, input, code) => {
    for (const role of ROLES) {
      const { extensions } = await as(role).refuse(name, type, input(world));
      expect([role, extensions.code]).toEqual([role, mayThere(role, permission) ? code : 'FORBIDDEN']);
    }
    const refusal = await as('FOREIGNER').refuse(name, type, input(world));
    expect(refusal.extensions.code).toBe('NOT_FOUND');
  });

  async function bySocket(who: Who): Promise<Message[]> {
    const socket = await Socket.open(node.url, {}, bearer(who));
    socket.subscribe('1', EVENTS);
    const messages: Message[] = [];
    do messages.push((await socket.next(({ id }) => id === '1')).payload as Message);
    while (messages.at(-1)?.data?.events.caughtUp === false);
    socket.terminate();
    return messages;
  }

  async function byEventStream(who: Who): Promise<Message[]> {
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json', ...bearer(who) };
    const reader = new EventReader(
      await fetch(`${node.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: EVENTS }) }),
    );
    const messages: Message[] = [];
    do messages.push((await reader.next()) as Message);
    while (messages.at(-1)?.data?.events.caughtUp === false);
    await reader.cancel();
    return messages;
  }

  async function byHistory(who: Who): Promise<string[]> {
    const source =
      'query ($after: String) { history(first: 100, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }';
    const ids: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { history } = await as(who).ask(source, { after });
      ids.push(...history.edges.map((edge: { node: { id: string } }) => edge.node.id));
      after = history.pageInfo.endCursor;
      more = history.pageInfo.hasNextPage;
    }
    return ids;
  }

  const idsOf = (messages: readonly Message[]): string[] => messages.flatMap(({ data }) => data?.events.event?.id ?? []);

  it.each(EVERYBODY)('%s is shown the same events by history, over WebSocket and as Server-Sent Events', async (who) => {
    const [shown, socket, stream] = [await byHistory(who), await bySocket(who), await byEventStream(who)];
    expect(shown.length).toBeGreaterThan(0);
    expect(idsOf(socket)).toEqual(shown);
    expect(idsOf(stream)).toEqual(shown);
    if (who === 'FOREIGNER') expectNothingHidden([socket, stream]);
    else expect(JSON.stringify(socket)).toContain(MARK);
  });
});
