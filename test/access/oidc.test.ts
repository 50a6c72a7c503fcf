import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore } from '../../src/store/event-store.js';
import { systemRuntime } from '../../src/system-runtime.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';
import { Issuer } from './issuer.js';
import { TokenDesk } from './token-desk.js';

const ASK = '{ apps { totalCount } }';
const START = Date.parse('2030-01-01T00:00:00.000Z') / 1_000;
const ROLES = '{"claim":"groups","grants":{"platform":[{"role":"ADMIN","teams":"ALL"}],"devs":[{"role":"VIEWER","teams":["shop"]}]}}';
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

describe('a server that an issuer of JWTs is named to', () => {
  let issuer: Issuer;
  let store: EventStore;
  let node: TestNode;
  let now: number;

  beforeEach(async () => {
    now = START;
    issuer = await Issuer.start();
    store = openEmbeddedStore({ path: ':memory:' });
    const { oidc } = loadConfig({ REGRAFT_OIDC_ISSUER: issuer.url, REGRAFT_OIDC_AUDIENCE: 'regraft', REGRAFT_OIDC_ROLES: ROLES });
    if (!oidc) throw new Error('there is an issuer');
    const runtime = { ...systemRuntime, now: () => new Date(now * 1_000).toISOString() };
    node = await startTestNode({ store, runtime, access: 'tokens', oidc: { ...oidc, limits: { cooldownMs: 0, timeoutMs: 500 } } });
  });
  afterEach(async () => {
    await node.close();
    await issuer.stop();
  });

  const claims = (others: JWTPayload = {}): JWTPayload => ({
    iss: issuer.url,
    aud: 'regraft',
    sub: 'ada',
    exp: START + 60,
    groups: ['platform'],
    ...others,
  });
  const status = async (jwt: string): Promise<number> => (await node.api.with(bearer(jwt)).post(ASK)).status;

  it('lets in who bears a good one, and records its subject with the issuer', async () => {
    await node.api.with(bearer(await issuer.sign(claims()))).mutate('createApp', 'CreateAppInput', { name: 'shop' }, 'app { id }');
    const events = await store.readAll({ after: BEFORE_FIRST });
    expect(events.find(({ type }) => type === 'AppCreated')?.metadata.actor).toEqual({ id: `${issuer.url}#ada`, kind: 'USER' });
  });

  it('gives the roles of the groups, and no others', async () => {
    const api = node.api.with(bearer(await issuer.sign(claims({ groups: ['devs', 'constructor'] }))));
    expect((await api.post(ASK)).status).toBe(200);
    expect((await api.refuse('createApp', 'CreateAppInput', { name: 'shop' })).extensions.code).toBe('FORBIDDEN');
  });

  it.each([[['strangers']], [undefined], [7]])('forbids everything to who is in the groups %j', async (groups) => {
    const api = node.api.with(bearer(await issuer.sign(claims({ groups }))));
    expect((await api.refusal(ASK)).extensions.code).toBe('FORBIDDEN');
  });

  it.each<[string, JWTPayload]>([
    ['for another audience', { aud: 'other' }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['that has expired', { exp: START - 60 }],
    ['that never expires', { exp: undefined }],
    ['that is not good yet', { nbf: START + 60 }],
    ['of nobody', { sub: undefined }],
    ['that is huge', { groups: ['x'.repeat(12_500)] }],
  ])('refuses a JWT %s', async (_what, wrong) => {
    expect(await status(await issuer.sign(claims()))).toBe(200);
    expect([401, 431]).toContain(await status(await issuer.sign(claims(wrong))));
  });

  it('refuses one that is not signed, and one signed with the public key as if it were a secret', async () => {
    expect(await status(new UnsecuredJWT(claims()).encode())).toBe(401);
    const key = await issuer.publicKey();
    expect(await status(await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(key))).toBe(401);
  });

  it('refuses a key that the issuer does not have, and takes it from when it has', async () => {
    expect(await status(await issuer.sign(claims(), 'k2'))).toBe(401);
    await issuer.rotate('k2');
    expect(await status(await issuer.sign(claims(), 'k2'))).toBe(200);
  });

  it('says that the issuer is away, and lets tokens in meanwhile', async () => {
    const { secret } = await new TokenDesk(store, { ...systemRuntime, now: () => '2030-01-01T00:00:00.000Z' }).create();
    const jwt = await issuer.sign(claims());
    await issuer.stop();
    const response = await node.api.with(bearer(jwt)).post(ASK);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'ISSUER_UNAVAILABLE', retryAfterSeconds: 5 } }] });
    await vi.waitFor(async () => expect(await status(secret)).toBe(200), { timeout: 5_000 });
    issuer = await Issuer.start();
  });

  it('ends the sockets of one that expires', async () => {
    const socket = await Socket.open(node.url, {}, bearer(await issuer.sign(claims())));
    const closed = socket.closed();
    now = START + 66;
    expect(await closed).toBe(4401);
  });
});

describe('the configuration of an issuer', () => {
  const good = { REGRAFT_OIDC_ISSUER: 'https://login.example', REGRAFT_OIDC_AUDIENCE: 'regraft', REGRAFT_OIDC_ROLES: ROLES };

  it('closes the server to who bears nothing', () => {
    expect(loadConfig(good).access).toBe('tokens');
  });

  it.each([
    ['open', { REGRAFT_ACCESS: 'open' }, 'REGRAFT_ACCESS is open'],
    ['an issuer over plain HTTP', { REGRAFT_OIDC_ISSUER: 'http://login.example' }, 'REGRAFT_OIDC_ISSUER is no address'],
    ['no audience', { REGRAFT_OIDC_AUDIENCE: '' }, 'REGRAFT_OIDC_AUDIENCE is missing'],
    ['no issuer', { REGRAFT_OIDC_ISSUER: '' }, 'REGRAFT_OIDC_ISSUER is missing'],
    ['roles that are no JSON', { REGRAFT_OIDC_ROLES: 'admin' }, 'REGRAFT_OIDC_ROLES is wrong'],
    ['a role that is none', { REGRAFT_OIDC_ROLES: ROLES.replace('VIEWER', 'ROOT') }, 'REGRAFT_OIDC_ROLES is wrong at /grants/devs/0/role'],
  ])('is refused with %s', (_what, wrong, problem) => {
    expect(() => loadConfig({ ...good, ...wrong })).toThrow(problem);
  });
});
