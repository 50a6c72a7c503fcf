import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hashOfSecret } from '../../src/access/token-secret.js';
import type { Grant } from '../../src/domain/access/principal.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore } from '../../src/store/event-store.js';
import { hashOf } from '../../src/store/hash-chain.js';
import { startTestNode, type Api, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';
import { TokenDesk } from './token-desk.js';

let store: EventStore;
let node: TestNode;
let desk: TokenDesk;

beforeEach(async () => {
  store = openEmbeddedStore({ path: ':memory:' });
  desk = new TokenDesk(store);
  node = await startTestNode({ store, access: 'tokens' });
});
afterEach(() => node.close());

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

/** Who bears a token with some grants, once the node knows it. */
async function having(...grants: readonly Grant[]): Promise<Api> {
  const { secret } = await desk.create({ name: 'asker', grants });
  const api = node.api.with(bearer(secret));
  await vi.waitFor(async () => expect((await api.post('{ __typename }')).status).toBe(200), { timeout: 5_000 });
  return api;
}

const adminOf = (...teams: string[]): Promise<Api> => having({ role: 'ADMIN', teams });
const adminOfAll = (): Promise<Api> => having({ role: 'ADMIN', teams: 'ALL' });

interface Made {
  readonly secret: string | null;
  readonly token: { readonly id: string };
}

const create = (api: Api, grants: readonly object[], more: object = {}): Promise<Made> =>
  api.mutate('createToken', 'CreateTokenInput', { name: 'robot', grants, ...more }, 'secret token { id }') as Promise<Made>;
const codeOf = async (api: Api, name: string, type: string, input: object): Promise<string> =>
  (await api.refuse(name, type, input)).extensions.code;
const refusedToCreate = (api: Api, grants: readonly object[], more: object = {}): Promise<string> =>
  codeOf(api, 'createToken', 'CreateTokenInput', { name: 'robot', grants, ...more });

describe('createToken', () => {
  it('makes a token that lets its bearer in, with its grants, at once on the node that made it', async () => {
    const { secret, token } = await create(await adminOf('a', 'b'), [{ role: 'VIEWER', teams: ['a', 'b'] }]);
    const { me } = await node.api.with(bearer(secret ?? '')).ask('{ me { actor { id } grants { role teams allTeams } } }');
    expect(me).toEqual({ actor: { id: `robot/${token.id}` }, grants: [{ role: 'VIEWER', teams: ['a', 'b'], allTeams: false }] });
  });

  it('tells the secret once: the same command again has the same token, and null', async () => {
    const admin = await adminOfAll();
    const grants = [{ role: 'VIEWER', allTeams: true }];
    const first = await create(admin, grants, { commandId: 'c-1' });
    expect(first.secret).toMatch(/^rgt_/);
    expect(await create(admin, grants, { commandId: 'c-1' })).toEqual({ secret: null, token: first.token });
  });

  it('keeps the secret nowhere in the log', async () => {
    const { secret } = await create(await adminOfAll(), [{ role: 'VIEWER', teams: ['a'] }], { commandId: 'c-1' });
    expect(JSON.stringify(await store.readAll({ after: BEFORE_FIRST }))).not.toContain(secret);
  });

  it.each([
    ['another team', [{ role: 'VIEWER', teams: ['b'] }]],
    ['another team beside their own', [{ role: 'VIEWER', teams: ['a', 'b'] }]],
    ['another team in another grant', [{ role: 'ADMIN', teams: ['a'] }, { role: 'VIEWER', teams: ['b'] }]], // prettier-ignore
    ['all teams', [{ role: 'VIEWER', allTeams: true }]],
  ])('does not let an ADMIN of one team give %s', async (_what, grants) => {
    const admin = await adminOf('a');
    expect(await refusedToCreate(admin, grants)).toBe('FORBIDDEN');
    expect((await store.readAll({ after: BEFORE_FIRST })).filter(({ type }) => type === 'TokenCreated')).toHaveLength(1);
  });

  it('takes ADMINISTER, and not another role, in every team', async () => {
    const mixed = await having({ role: 'ADMIN', teams: ['a'] }, { role: 'OPERATOR', teams: 'ALL' });
    expect(await refusedToCreate(mixed, [{ role: 'VIEWER', teams: ['b'] }])).toBe('FORBIDDEN');
    expect(await refusedToCreate(mixed, [{ role: 'VIEWER', allTeams: true }])).toBe('FORBIDDEN');
    expect((await create(mixed, [{ role: 'ADMIN', teams: ['a'] }])).secret).toMatch(/^rgt_/);
  });

  it.each([
    ['no grants', [], {}],
    ['a grant over nothing', [{ role: 'VIEWER' }], {}],
    ['a grant over no teams', [{ role: 'VIEWER', teams: [] }], {}],
    ['a grant over some teams and all', [{ role: 'VIEWER', teams: ['a'], allTeams: true }], {}],
    ['a team without a name', [{ role: 'VIEWER', teams: [' '] }], {}],
    ['a name that is none', [{ role: 'VIEWER', teams: ['a'] }], { name: 'my token' }],
    ['a time that is past', [{ role: 'VIEWER', teams: ['a'] }], { expiresAt: '2001-01-01T00:00:00.000Z' }],
  ])('refuses %s', async (_what, grants, more) => {
    expect(await refusedToCreate(await adminOfAll(), grants, more)).toBe('BAD_USER_INPUT');
  });
});

describe('revokeToken', () => {
  const revoke = (api: Api, tokenId: string): Promise<{ revokedNow: boolean; token: { revokedAt: string | null } }> =>
    api.mutate('revokeToken', 'RevokeTokenInput', { tokenId }, 'revokedNow token { revokedAt }') as ReturnType<typeof revoke>;
  const refused = (api: Api, tokenId: string): Promise<string> => codeOf(api, 'revokeToken', 'RevokeTokenInput', { tokenId });

  it('ends a token at once on the node that is asked; again it changes nothing', async () => {
    const admin = await adminOfAll();
    const { secret, token } = await create(admin, [{ role: 'VIEWER', teams: ['a'] }]);
    expect(await revoke(admin, token.id)).toEqual({ revokedNow: true, token: { revokedAt: expect.any(String) as string } });
    expect((await node.api.with(bearer(secret ?? '')).post('{ __typename }')).status).toBe(401);
    expect(await revoke(admin, token.id)).toMatchObject({ revokedNow: false });
  });

  it('lets a token end itself, where it administers its own teams', async () => {
    const { secret, token } = await create(await adminOf('a'), [{ role: 'ADMIN', teams: ['a'] }]);
    expect(await revoke(node.api.with(bearer(secret ?? '')), token.id)).toMatchObject({ revokedNow: true });
  });

  it('takes ADMINISTER in all teams of all grants; to who may not read in all it is as if it were not there', async () => {
    const { tokenId: ofBoth } = await desk.create({ grants: [{ role: 'VIEWER', teams: ['a'] }, { role: 'VIEWER', teams: ['b'] }] }); // prettier-ignore
    const { tokenId: ofAll } = await desk.create();
    const ofA = await adminOf('a');
    expect([await refused(ofA, ofBoth), await refused(ofA, ofAll), await refused(ofA, 'nobody')]).toEqual(Array(3).fill('NOT_FOUND'));
    const reading = await having({ role: 'ADMIN', teams: ['a'] }, { role: 'VIEWER', teams: 'ALL' });
    expect([await refused(reading, ofBoth), await refused(reading, ofAll)]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await revoke(await adminOf('a', 'b'), ofBoth)).toMatchObject({ revokedNow: true });
  });
});

describe('the hash of a secret', () => {
  it('is masked in history and subscriptions, also for who may everything; the log has it, and its hashes hold', async () => {
    const admin = await adminOfAll();
    const { history } = await admin.ask('{ history(filter: { types: ["TokenCreated"] }) { edges { node { data } } } }');
    expect(history.edges[0].node.data).toMatchObject({ name: 'asker', secretHash: '***' });
    const { secret, token } = await create(admin, [{ role: 'ADMIN', allTeams: true }]);
    const socket = await Socket.open(node.url, { headers: bearer(secret ?? '') });
    socket.subscribe('1', 'subscription { events(from: BEGINNING, types: ["TokenCreated"]) { event { data } } }');
    const { payload } = await socket.next(({ id }) => id === '1');
    expect(payload).toMatchObject({ data: { events: { event: { data: { secretHash: '***' } } } } });
    socket.terminate();
    await admin.mutate('revokeToken', 'RevokeTokenInput', { tokenId: token.id }, 'position');
    const [created, next] = await store.readStream(`token-${token.id}`);
    expect(created?.data['secretHash']).toBe(hashOfSecret(secret ?? ''));
    expect(created && hashOf(created)).toBe(next?.metadata.previousHash);
  });
});
