import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ReleaseShop, type Installed } from '../support/release-shop.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';
import { Socket } from '../support/socket.js';

type Answer = Awaited<ReturnType<Api['ask']>>;

const V1 = { web: { image: 'w:1' }, db: { image: 'd:1' } };
const V2 = { web: { image: 'w:2' }, db: { image: 'd:1' } };

describe('rehearsing a release over the API', () => {
  let server: TestServer;
  let of: ReleaseShop;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    of = await ReleaseShop.open(server.api, `shop ${++number}`, V1);
  });

  const ask = (id: string, selection: string): Promise<Answer> =>
    server.api.ask(`query ($id: ID!) { rehearsal(id: $id) { ${selection} } }`, { id }).then(({ rehearsal }) => rehearsal);
  const refused = async (args: string): Promise<string> =>
    (await server.api.refusal(`{ rehearsePublish(${args}) { id } }`)).extensions.code;
  const clashing = async (): Promise<Installed> => {
    const install = await of.install('1.0');
    await of.edit(install, 'web', { set: { image: 'mine' } });
    return install;
  };

  it('tells the version that it suggests, what it is based on, the state of the app and how far the installs were read', async () => {
    const { appId } = await of.install('1.0');
    await of.change(V2);
    const { position } = await server.api.ask('{ position }');
    const rehearsed = await of.rehearse(
      'id state error version basedOn appRevision position processed total cases app { id } template { id } installs { totalCount edges { node { appId installation { app { id } } } } }',
    );
    expect(rehearsed).toMatchObject({ state: 'DONE', error: null, version: '2.0', basedOn: '1.0', position });
    expect(rehearsed).toMatchObject({ processed: 1, total: 1, cases: 1, app: { id: of.appId }, template: { id: of.templateId } });
    expect(rehearsed.installs).toEqual({ totalCount: 1, edges: [{ node: { appId, installation: { app: { id: appId } } } }] });
    const app = await server.api.ask('query ($id: ID!) { app(id: $id) { revision } }', { id: of.appId });
    expect(rehearsed.appRevision).toBe(app.app.revision);
  });

  it('writes nothing to the log', async () => {
    await clashing();
    await of.change(V2);
    const before = await server.api.ask('{ position }');
    await of.rehearse('state');
    expect(await server.api.ask('{ position }')).toEqual(before);
    const query = 'query ($id: ID!) { template(id: $id) { versions { totalCount } releaseRecords { totalCount } } }';
    const { template } = await server.api.ask(query, { id: of.templateId });
    expect(template).toEqual({ versions: { totalCount: 1 }, releaseRecords: { totalCount: 1 } });
  });

  it('pages through installs, all or those of an outcome, each once and in the order of installing', async () => {
    const installs: { readonly appId: string; readonly outcome: string }[] = [];
    for (let n = 0; n < 7; n++) {
      const conflicts = n % 2 === 0;
      const { appId } = conflicts ? await clashing() : await of.install('1.0');
      installs.push({ appId, outcome: conflicts ? 'CONFLICTS' : 'CLEAN' });
    }
    await of.change(V2);
    const { id } = await of.rehearse('id');
    const pages = async (filter: string): Promise<{ totals: number[]; rows: object[] }> => {
      const [totals, rows]: [number[], object[]] = [[], []];
      for (let after: string | null = null; ;) {
        const args = `first: 2 ${filter} ${after === null ? '' : `after: "${after}"`}`;
        const { installs: page } = await ask(
          id,
          `installs(${args}) { totalCount pageInfo { hasNextPage endCursor } edges { node { appId outcome } } }`,
        );
        totals.push(page.totalCount);
        rows.push(...page.edges.map(({ node }: Answer) => node));
        if (!page.pageInfo.hasNextPage) return { totals, rows };
        after = page.pageInfo.endCursor;
      }
    };
    expect(await pages('')).toEqual({ totals: [7, 7, 7, 7], rows: installs });
    const conflicts = installs.filter(({ outcome }) => outcome === 'CONFLICTS');
    expect(await pages('outcome: CONFLICTS')).toEqual({ totals: [4, 4], rows: conflicts });
    expect(await pages('outcome: BLOCKED')).toEqual({ totals: [0], rows: [] });
  });

  it('shows of each install where it stands, counts, and the first places', async () => {
    const { appId, installationId } = await clashing();
    await of.change(V2);
    const node = 'appId installationId currentVersion outcome conflicts problems losses places { code componentKey path }';
    expect((await of.rehearse(`installs { edges { node { ${node} } } }`)).installs.edges[0].node).toEqual({
      appId,
      installationId,
      currentVersion: '1.0',
      outcome: 'CONFLICTS',
      conflicts: 1,
      problems: 0,
      losses: 0,
      places: [{ code: 'CONFLICT', componentKey: 'web', path: '/image' }],
    });
  });

  it('keeps an install that is gone since, as it was', async () => {
    const { appId } = await of.install('1.0');
    await of.change(V2);
    const { id } = await of.rehearse('id');
    await server.api.mutate('deleteApp', 'DeleteAppInput', { appId }, 'position');
    const { installs } = await ask(id, 'installs { edges { node { appId outcome app { deletedAt } installation { removedAt } } } }');
    const gone = { app: { deletedAt: expect.any(String) as string }, installation: { removedAt: expect.any(String) as string } };
    expect(installs.edges).toEqual([{ node: { appId, outcome: 'CLEAN', ...gone } }]);
  });

  it('rehearses an app that is itself an install of the template', async () => {
    const install = await clashing();
    const query = `query ($a: ID!, $t: ID!) { rehearsePublish(appId: $a, templateId: $t) { total summary { unchanged clean } } }`;
    const { rehearsePublish } = await server.api.ask(query, { a: install.appId, t: of.templateId });
    expect(rehearsePublish).toEqual({ total: 1, summary: { unchanged: 1, clean: 0 } });
  });

  it('takes installs of a version that was withdrawn like others', async () => {
    await of.install('1.0');
    await server.api.mutate('withdrawVersion', 'VersionStateInput', { templateId: of.templateId, version: '1.0' }, 'position');
    await of.change(V2);
    expect((await of.rehearse('summary { clean }')).summary).toEqual({ clean: 1 });
  });

  it('is blocked for an install of which an integration carries out an upgrade', async () => {
    const { appId } = await of.install('1.0');
    await of.change(V2);
    await of.publish('1.1');
    await server.api.mutate('updateApp', 'UpdateAppInput', { appId, target: 'EXTERNAL' }, 'position');
    await server.api.mutate('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '1.1' }, 'position');
    await of.change({ ...V2, db: { image: 'd:2' } });
    expect(
      await of.rehearse('summary { blocked clean } blocking { code installs } installs { edges { node { outcome places { code } } } }'),
    ).toEqual({
      summary: { blocked: 1, clean: 0 },
      blocking: [{ code: 'UPGRADE_RUNNING', installs: 1 }],
      installs: { edges: [{ node: { outcome: 'BLOCKED', places: [{ code: 'UPGRADE_RUNNING' }] } }] },
    });
  });

  it('is done at once where nothing is installed', async () => {
    await of.change(V2);
    expect(await of.rehearse('state total processed installs { totalCount edges { cursor } } conflictPaths { path }')).toEqual({
      state: 'DONE',
      total: 0,
      processed: 0,
      installs: { totalCount: 0, edges: [] },
      conflictPaths: [],
    });
  });

  it('is refused where publishing is', async () => {
    const args = (more = ''): string => `appId: "${of.appId}", templateId: "${of.templateId}" ${more}`;
    expect(await refused(args())).toBe('NOTHING_TO_PUBLISH');
    await of.change(V2);
    expect(await refused(args(', version: "1.0.0"'))).toBe('VERSION_NOT_LARGER');
    expect(await refused(args(', version: "latest"'))).toBe('VERSION_INVALID');
    expect(await refused(`appId: "${of.templateId}", templateId: "${of.templateId}"`)).toBe('NOT_FOUND');
    expect(await refused(`appId: "${of.appId}", templateId: "${of.appId}"`)).toBe('NOT_FOUND');
    expect(await refused(args(', identities: [{ componentId: "x", templateComponentId: "y" }]'))).toBe('BAD_USER_INPUT');
    expect(await refused(args(', waitSeconds: 11'))).toBe('BAD_USER_INPUT');
    expect(await refused(args(', waitSeconds: -1'))).toBe('BAD_USER_INPUT');
  });

  it('is not found where this node has no such rehearsal', async () => {
    const error = await server.api.refusal('{ rehearsal(id: "nope") { id } }');
    expect(error).toMatchObject({ extensions: { code: 'NOT_FOUND', id: 'nope' }, message: expect.stringContaining('rehearse again') });
    expect(await server.api.ask('{ node(id: "nope") { id } }')).toEqual({ node: null });
  });

  it('refuses a page size or cursor that is none', async () => {
    await of.change(V2);
    const { id } = await of.rehearse('id');
    for (const args of ['first: 101', 'after: "nope"']) {
      const error = await server.api.refusal(`{ rehearsal(id: "${id}") { installs(${args}) { totalCount } } }`);
      expect(error.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('is the same one in the same state, and another once anything has changed', async () => {
    const install = await of.install('1.0');
    await of.change(V2);
    const { id } = await of.rehearse('id');
    expect((await of.rehearse('id')).id).toBe(id);
    expect((await of.rehearse('id', ', version: "7"')).id).not.toBe(id);
    await of.edit(install, 'web', { set: { image: 'mine' } });
    expect(await of.rehearse('id summary { conflicts }')).toEqual({ id: expect.not.stringMatching(id), summary: { conflicts: 1 } });
    expect(await ask(id, 'summary { conflicts clean }')).toEqual({ summary: { conflicts: 0, clean: 1 } });
  });

  it('need not be waited for, and is a node', async () => {
    await of.install('1.0');
    await of.change(V2);
    const { id, state } = await of.rehearse('id state', ', waitSeconds: 0');
    expect(['RUNNING', 'DONE']).toContain(state);
    // The same one: it is joined.
    expect(await of.rehearse('id state')).toEqual({ id, state: 'DONE' });
    const { node } = await server.api.ask('query ($id: ID!) { node(id: $id) { __typename id ... on Rehearsal { processed } } }', { id });
    expect(node).toEqual({ __typename: 'Rehearsal', id, processed: 1 });
  });

  it('tells its progress to subscribers, to its end', async () => {
    await of.install('1.0');
    await of.change(V2);
    const { id } = await of.rehearse('id', ', waitSeconds: 0');
    const socket = await Socket.open(server.url);
    socket.subscribe('1', 'subscription ($id: ID!) { rehearsalProgress(id: $id) { id state processed total } }', { id });
    const done = { data: { rehearsalProgress: { id, state: 'DONE', processed: 1, total: 1 } } };
    await socket.next(({ payload }) => JSON.stringify(payload) === JSON.stringify(done));
    await socket.next(({ type }) => type === 'complete');
    socket.subscribe('2', 'subscription { rehearsalProgress(id: "nope") { id } }');
    expect(await socket.next((message) => message.id === '2')).toMatchObject({
      payload: { errors: [{ extensions: { code: 'NOT_FOUND' } }] },
    });
    socket.terminate();
  });

  it('costs much: not many are asked for in one request', async () => {
    await of.change(V2);
    const one = (n: number): string => `r${n}: rehearsePublish(appId: "${of.appId}", templateId: "${of.templateId}") { id }`;
    const error = await server.api.refusal(`{ ${Array.from({ length: 11 }, (_, n) => one(n)).join(' ')} }`);
    expect(error.extensions.code).toBe('QUERY_TOO_COMPLEX');
  });
});
