import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom, type Random } from '../corpus/random.js';
import { ReleaseShop, type Installed } from '../support/release-shop.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

const V1_0 = {
  web: { image: 'w:1', environment: { LOG: 'info', MODE: 'a' }, ports: ['8080:80'] },
  jobs: { image: 'j:1', environment: { LOG: 'info' } },
  cache: { image: 'c:1' },
  db: { image: 'd:1', volumes: ['data:/data'] },
  files: { image: 'f:1', volumes: ['files:/files'] },
};
const { files: _, ...V1_1 } = V1_0;
/** To be rehearsed: `web` changes and comes to need `cache`, `jobs` is called `worker`. */
const V2 = {
  web: { ...V1_0.web, image: 'w:2', environment: { LOG: 'warn', MODE: 'a' }, depends_on: ['cache'] },
  worker: { ...V1_0.jobs, image: 'j:2' },
  cache: V1_0.cache,
  db: V1_0.db,
};
const RENAMES = [{ from: 'jobs', to: 'worker' }];

const ENTRIES = 'installs(first: 100) { edges { node { appId currentVersion outcome conflicts problems losses } } }';
const SUMMARY = `state version position processed total cases summary { clean unchanged conflicts blocked notOffered dataLoss }
  conflictPaths { componentKey path installs } blocking { code installs }`;
const PLAN = `conflicts { path } problems { code } appFields { path outcome }
  components { key templateComponentId fields { path outcome risk { code } } }`;

/** What an upgrade without choices may answer an install of an outcome. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  CLEAN: ['upgraded'],
  UNCHANGED: ['upgraded'],
  CONFLICTS: ['CONFLICTS_UNRESOLVED'],
  BLOCKED: ['CONFLICTS_UNRESOLVED', 'PLAN_INAPPLICABLE', 'DATA_LOSS_NOT_ACCEPTED'],
};

type Answer = Awaited<ReturnType<Api['ask']>>;
interface Field {
  readonly path: string;
  readonly outcome: string;
  readonly risk?: { readonly code: string } | null;
}

/** What the plan of an install says, once the version is published. */
interface Oracle {
  readonly outcome: string;
  readonly conflicts: number;
  readonly problems: readonly string[];
  readonly losses: number;
  /** Conflicts, by the key that the template has. */
  readonly paths: readonly string[];
}

describe('a rehearsal foretells what publishing and then asking for every plan tells', () => {
  let server: TestServer;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  async function shop(): Promise<ReleaseShop> {
    const made = await ReleaseShop.open(server.api, `shop ${++number}`, V1_0);
    await made.change(V1_1);
    await made.publish('1.1');
    return made;
  }

  async function oracles(of: ReleaseShop, installs: readonly Installed[]): Promise<Oracle[]> {
    const query = 'query ($id: ID!) { template(id: $id) { version(version: "2.0") { components { templateComponentId key } } } }';
    const { template } = await server.api.ask(query, { id: of.templateId });
    const keys = new Map<string, string>(
      template.version.components.map((c: Record<string, string>) => [c['templateComponentId'], c['key']]),
    );
    const made: Oracle[] = [];
    for (const { appId } of installs) {
      const { upgradePlan } = await server.api.ask(`query ($id: ID!) { upgradePlan(appId: $id, toVersion: "2.0") { ${PLAN} } }`, {
        id: appId,
      });
      made.push(oracleOf(upgradePlan, keys));
    }
    return made;
  }

  function oracleOf(plan: Answer, keys: ReadonlyMap<string, string>): Oracle {
    const parts = [
      ...plan.components.map((c: Answer) => ({ key: keys.get(c.templateComponentId) ?? c.key, fields: c.fields as Field[] })),
      { key: '', fields: plan.appFields as Field[] },
    ] as { key: string; fields: Field[] }[];
    const fields = parts.flatMap((part) => part.fields);
    const losses = fields.filter(({ risk }) => risk?.code === 'DATA_LOSS').length;
    const outcome =
      plan.problems.length + losses > 0
        ? 'BLOCKED'
        : plan.conflicts.length > 0
          ? 'CONFLICTS'
          : fields.every((field) => ['KEEP_LOCAL', 'CONVERGED'].includes(field.outcome))
            ? 'UNCHANGED'
            : 'CLEAN';
    const paths = parts.flatMap(({ key, fields: own }) => own.filter((f) => f.outcome === 'CONFLICT').map(({ path }) => `${key} ${path}`));
    const problems = plan.problems.map(({ code }: { code: string }) => code) as string[];
    return { outcome, conflicts: plan.conflicts.length, problems, losses, paths };
  }

  /** Rehearses, publishes, compares every number, then tries every upgrade. @returns the rehearsal. */
  async function compare(of: ReleaseShop, installs: readonly Installed[]): Promise<Answer> {
    const rehearsed = await of.rehearse(`${SUMMARY} ${ENTRIES}`, ', version: "2.0"');
    await of.publish('2.0');
    const told = await oracles(of, installs);
    const nodes = new Map<string, Answer>(rehearsed.installs.edges.map(({ node }: Answer) => [node.appId, node]));
    expect(nodes.size).toBe(installs.length);
    expect(installs.map(({ appId }) => nodes.get(appId))).toMatchObject(
      told.map(({ outcome, conflicts, problems, losses }) => ({ outcome, conflicts, problems: problems.length, losses })),
    );
    const count = (fits: (oracle: Oracle) => boolean): number => told.filter(fits).length;
    expect(rehearsed).toMatchObject({ state: 'DONE', version: '2.0', processed: installs.length, total: installs.length });
    expect(rehearsed.summary).toEqual({
      clean: count(({ outcome }) => outcome === 'CLEAN'),
      unchanged: count(({ outcome }) => outcome === 'UNCHANGED'),
      conflicts: count(({ outcome }) => outcome === 'CONFLICTS'),
      blocked: count(({ outcome }) => outcome === 'BLOCKED'),
      notOffered: 0,
      dataLoss: count(({ losses }) => losses > 0),
    });
    const blocking = new Map<string, number>();
    const paths = new Map<string, number>();
    for (const { problems, losses, paths: own } of told) {
      for (const code of new Set([...problems, ...(losses > 0 ? ['DATA_LOSS'] : [])])) blocking.set(code, (blocking.get(code) ?? 0) + 1);
      for (const path of new Set(own)) paths.set(path, (paths.get(path) ?? 0) + 1);
    }
    expect(new Map(rehearsed.blocking.map((b: Answer) => [b.code, b.installs]))).toEqual(blocking);
    const top = [...paths].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, 10);
    expect(rehearsed.conflictPaths.map((p: Answer) => [`${p.componentKey} ${p.path}`, p.installs])).toEqual(top);
    for (const { appId } of installs) {
      const { errors } = await server.api.send('mutation ($i: UpgradeAppInput!) { upgradeApp(input: $i) { position } }', {
        i: { appId, toVersion: '2.0' },
      });
      const answer: unknown = errors?.[0]?.extensions.code ?? 'upgraded';
      const { outcome } = nodes.get(appId) as { outcome: string };
      expect({ [outcome]: ANSWERS[outcome] }).toEqual({ [outcome]: expect.arrayContaining([answer]) });
    }
    return rehearsed;
  }

  it('of a dozen installs of each outcome', async () => {
    const of = await shop();
    const edits: Readonly<Record<string, (install: Installed) => Promise<unknown>>> = {
      clean: (install) => of.edit(install, 'db', { set: { replicas: 2 } }),
      conflicts: (install) => of.edit(install, 'web', { set: { env: [{ name: 'LOG', value: 'debug' }] } }),
      unchanged: async (install) => [await of.remove(install, 'web'), await of.remove(install, 'jobs')],
      taken: (install) => of.add(install, { key: 'worker', image: 'mine' }),
      missing: (install) => of.remove(install, 'cache'),
    };
    const installs: Installed[] = [];
    for (let n = 0; n < 12; n++) {
      installs.push(await of.install('1.0'));
      for (const edit of Object.values(edits)) {
        const install = await of.install('1.1');
        await edit(install);
        installs.push(install);
      }
    }
    await of.change(V2, RENAMES);
    const rehearsed = await compare(of, installs);
    expect(rehearsed).toMatchObject({
      cases: 6,
      summary: { clean: 12, unchanged: 12, conflicts: 12, blocked: 36, dataLoss: 12 },
      conflictPaths: [{ componentKey: 'web', path: '/env/LOG', installs: 12 }],
      blocking: [
        { code: 'DATA_LOSS', installs: 12 },
        { code: 'DEPENDENCY_MISSING', installs: 12 },
        { code: 'KEY_TAKEN', installs: 12 },
      ],
    });
  }, 60_000);

  it('of installs that were partly upgraded, rolled back, or whose components are kept or mapped', async () => {
    const of = await shop();
    const { api } = server;
    const upgrade = async ({ appId }: Installed, more: object): Promise<string> =>
      (await api.mutate('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '1.1', acceptDataLoss: true, ...more }, 'upgrade { id }'))
        .upgrade.id as string;
    const moves: Readonly<Record<string, (install: Installed) => Promise<unknown>>> = {
      ahead: (install) => upgrade(install, { components: [install.ids['files']] }),
      'ahead, and edited': async (install) => {
        await of.edit(install, 'web', { set: { env: [{ name: 'LOG', value: 'debug' }] } });
        await upgrade(install, { components: [install.ids['web'], install.ids['db']] });
      },
      'rolled back, so that 1.1 is held': async (install) => {
        await of.edit(install, 'web', { set: { image: 'mine' } });
        const { appId } = install;
        const upgradeId = await upgrade(install, {});
        await api.mutate('rollbackUpgrade', 'RollbackUpgradeInput', { appId, upgradeId, acceptDataLoss: true }, 'position');
      },
      kept: (install) => upgrade(install, { resolutions: [{ componentKey: 'files', path: '', choice: 'LOCAL' }] }),
      'mapped, by an own component': async (install) => {
        await of.remove(install, 'jobs');
        await map(install, await own(install, { key: 'tool', image: 'j:0' }), install.ids['jobs']);
      },
    };
    const own = async ({ appId }: Installed, component: object): Promise<string> =>
      (await api.mutate('addComponent', 'AddComponentInput', { appId, component }, 'component { id }')).component.id as string;
    const map = async ({ appId }: Installed, componentId: string, like: string | undefined): Promise<unknown> => {
      const query = 'query ($id: ID!) { template(id: $id) { version(version: "1.0") { components { templateComponentId key } } } }';
      const { template } = await api.ask(query, { id: of.templateId });
      const found = template.version.components.find(({ templateComponentId }: Answer) => like?.includes(templateComponentId as string));
      const mapping = { appId, componentId, templateComponentId: found.templateComponentId };
      return api.mutate('mapComponent', 'MapComponentInput', mapping, 'position');
    };
    const installs: Installed[] = [];
    for (const move of Object.values(moves)) {
      const install = await of.install('1.0');
      await move(install);
      installs.push(install);
    }
    await of.change(V2, RENAMES);
    const { cases, summary } = await compare(of, installs);
    expect(cases).toBe(installs.length);
    expect(summary).toMatchObject({ notOffered: 0 });
  }, 60_000);

  it.each([1, 2, 3])(
    'of installs that were edited at random (seed %i)',
    async (seed) => {
      const random = seededRandom(`rehearsal ${seed}`);
      const of = await shop();
      const installs: Installed[] = [];
      for (let n = 0; n < 40; n++) {
        const install = await of.install(random.pick(['1.0', '1.1', '1.1', '1.1']));
        await editAtRandom(of, install, random);
        installs.push(install);
      }
      await of.change(V2, RENAMES);
      const { summary, cases } = await compare(of, installs);
      expect(cases).toBeLessThanOrEqual(40);
      expect(Object.values(summary as Record<string, number>).filter((n) => n > 0).length).toBeGreaterThan(2);
    },
    60_000,
  );

  async function editAtRandom(of: ReleaseShop, install: Installed, random: Random): Promise<void> {
    const left = Object.keys(install.ids);
    for (let n = random.integer(4); n > 0; n--) {
      const key = random.pick(left);
      const set = (change: object) => (): Promise<unknown> => of.edit(install, key, { set: change });
      const steps: (() => Promise<unknown>)[] = [
        set({ image: random.pick(['w:2', 'j:2', 'mine']) }),
        set({ env: [{ name: 'LOG', value: random.pick(['warn', 'debug']) }] }),
        set({ replicas: 1 + random.integer(3) }),
        set({ key: random.pick(['worker', 'renamed', 'redis']) }),
        set({ dependsOn: [{ componentKey: random.pick(['cache', 'db']) }] }),
        () => of.edit(install, key, { unset: [random.pick(['/env/LOG', '/ports/80~1tcp', '/image'])] }),
        () => of.remove(install, key),
        () => of.add(install, { key: random.pick(['worker', 'redis', 'tool']), dependsOn: [{ componentKey: random.pick(left) }] }),
      ];
      // Some are refused: a key that is taken, a path that is not there, a component that is gone.
      await random
        .pick(steps)()
        .catch((error: unknown) => expect(String(error)).toMatch(/KEY_TAKEN|BAD_USER_INPUT|NOT_FOUND/));
    }
  }
});
