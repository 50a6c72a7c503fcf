import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { handleAddComponent, handleCreateApp, handleDeleteApp, handleUpdateComponent } from '../../src/commands/apps.js';
import { handleInstall } from '../../src/commands/install.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import { handleUpgrade } from '../../src/commands/upgrade.js';
import { Pacer } from '../../src/pacer.js';
import { planCases } from '../../src/queries/rehearsal/plan-cases.js';
import { unpublishedVersion } from '../../src/queries/rehearsal/unpublished-version.js';
import type { AppId, ComponentId, TemplateId } from '../../src/domain/ids.js';
import { readInstalls } from '../../src/queries/rehearsal/read-installs.js';
import { Rehearsals } from '../../src/queries/rehearsal/rehearsals.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import { silentLogger } from '../../src/logger.js';
import type { Rehearsal } from '../../src/queries/rehearsal/rehearsal.js';
import { openTestBackend, tester } from '../support/backend.js';

describe('rehearsals', () => {
  let backend: RunningBackend;
  let source: AppId;
  let component: ComponentId;
  let templateId: TemplateId;
  beforeEach(async () => {
    backend = await openTestBackend();
    const { services, releases } = backend;
    source = (await handleCreateApp(services, tester, { name: 'source', team: 't' })).result;
    component = (await handleAddComponent(services, tester, { appId: source }, { key: 'web', image: 'a' })).result;
    const publish = { appId: source, version: '1.0', identities: [], as: { name: 'shop' } };
    const { result } = await handlePublishTemplate(services, tester, publish);
    await releases.run(result, tester);
    templateId = result.templateId;
  });
  afterEach(() => backend.close());

  async function install(name: string): Promise<{ appId: AppId; web: ComponentId }> {
    const asked = { templateId, version: '1.0', keys: new Map<string, string>(), into: { name, team: 't' } };
    const { result } = await handleInstall(backend.services, tester, asked);
    const { view } = await backend.services.aggregates.app(result.appId);
    return { appId: result.appId, web: view.components[0]?.componentId ?? ('' as ComponentId) };
  }
  async function set(appId: AppId, componentId: ComponentId, image: string): Promise<void> {
    await handleUpdateComponent(backend.services, tester, { appId }, { componentId, edit: { set: { image }, unset: [] } });
  }
  async function visible(): Promise<void> {
    await backend.readModels.waitFor(await backend.store.head(), { timeoutMs: 30_000 });
  }
  async function many(count: number): Promise<{ appId: AppId; web: ComponentId }[]> {
    const installs = await Promise.all(Array.from({ length: count }, (_, n) => install(`install ${n}`)));
    await visible();
    return installs;
  }
  const start = (version?: string): Promise<Rehearsal> =>
    backend.rehearsals.start({ appId: source, templateId, identities: [], ...(version && { version }) });

  it('read every install as of one position, whatever is written meanwhile', async () => {
    const installs = await many(130);
    const { readModel, release } = backend.readModels.lease();
    let breaths = 0;
    const read = await readInstalls(readModel, templateId, {
      // Between pages: one that was read is edited, one that was not is deleted, and one comes to be.
      breathe: async () => {
        breaths += 1;
        if (breaths > 4) return;
        const [edited, deleted] = [installs[breaths], installs.at(-breaths)];
        if (!edited || !deleted) throw new Error('there are installs');
        await set(edited.appId, edited.web, `local ${breaths}`);
        await handleDeleteApp(backend.services, tester, { appId: deleted.appId });
        await install(`late ${breaths}`);
        await visible();
      },
    });
    const still = await readInstalls(readModel, templateId, { breathe: () => Promise.resolve() });
    release();
    const shown = ({ cases }: typeof read): object[] => cases.installs.map(({ installationId, place }) => ({ installationId, place }));
    const counts = ({ cases }: typeof read): object[] => cases.all.map(({ key, installs: n }) => ({ key, n }));
    expect(breaths).toBeGreaterThan(4);
    expect(read.position).toBe(still.position);
    expect(shown(read)).toEqual(shown(still));
    expect(shown(read)).toHaveLength(130);
    expect(counts(read)).toEqual(expect.arrayContaining(counts(still)));
    expect(counts(read)).toHaveLength(5);
  });

  it('plan installs that are alike once', async () => {
    const installs = await many(30);
    for (const { appId, web } of installs.slice(0, 20)) await set(appId, web, `local`);
    await set(source, component, 'b');
    await visible();
    const rehearsal = await start();
    await rehearsal.ended;
    expect(rehearsal.cases).toBe(2);
    expect([rehearsal.tally.of('CONFLICTS'), rehearsal.tally.of('CLEAN')]).toEqual([20, 10]);
  });

  async function judged(version: string): Promise<string[]> {
    const { readModel, release } = backend.readModels.lease();
    const pacer = new Pacer(new AbortController().signal);
    const { cases } = await readInstalls(readModel, templateId, pacer);
    const target = await unpublishedVersion(backend.services, { appId: source, templateId, identities: [] });
    const outcomes: string[] = [];
    await planCases(readModel, backend.services.contents, cases.all, { ...target, version }, pacer, (_of, { outcome }, plan) => {
      outcomes.push(plan ? `${outcome} to ${plan.toVersion}` : outcome);
    });
    release();
    return outcomes;
  }

  it('plan nothing for installs that stand at a version that is not smaller', async () => {
    await many(3);
    await set(source, component, 'b');
    await visible();
    expect(await judged('0.9')).toEqual(['NOT_OFFERED']);
    expect(await judged('1.0.0')).toEqual(['NOT_OFFERED']);
    expect(await judged('1.1')).toEqual(['CLEAN to 1.1']);
  });

  it('plan nothing for installs of which a component stands at a larger version: it may not go back', async () => {
    const [partly] = await many(1);
    if (!partly) throw new Error('there is an install');
    await set(source, component, 'b');
    await handleAddComponent(backend.services, tester, { appId: source }, { key: 'db' });
    const publish = { appId: source, version: '2.0', identities: [], as: { templateId } };
    await backend.releases.run((await handlePublishTemplate(backend.services, tester, publish)).result, tester);
    await handleUpgrade(backend.services, tester, {
      appId: partly.appId,
      installationId: undefined,
      toVersion: '2.0',
      components: [partly.web],
      resolutions: [],
      policy: 'ASK',
      acceptDataLoss: false,
    });
    await set(source, component, 'c');
    await visible();
    expect(await judged('1.5')).toEqual(['NOT_OFFERED']);
    expect(await judged('2.5')).toEqual(['CLEAN to 2.5']);
  });

  it('are joined by those who ask for the same at the same time, and run one after the other otherwise', async () => {
    await many(5);
    await set(source, component, 'b');
    await visible();
    const [first, same, other] = await Promise.all([start(), start(), start('9')]);
    expect(same).toBe(first);
    expect(other).not.toBe(first);
    await Promise.all([first.ended, other.ended]);
    expect([first.progress, other.progress]).toEqual([
      { state: 'DONE', processed: 5, total: 5 },
      { state: 'DONE', processed: 5, total: 5 },
    ]);
  });

  it('are forgotten when there are many: the one that was longest not asked for goes', async () => {
    await set(source, component, 'b');
    const kept: Rehearsal[] = [];
    for (let n = 1; n <= 20; n++) kept.push(await start(`${n}.1`));
    await Promise.all(kept.map(({ ended }) => ended));
    const [first, second] = kept;
    expect(backend.rehearsals.find(first?.id ?? '')).toBe(first);
    await (
      await start('21')
    ).ended;
    expect(backend.rehearsals.find(first?.id ?? '')).toBe(first);
    expect(backend.rehearsals.find(second?.id ?? '')).toBeUndefined();
  });

  it('that are pushed out while they wait for their turn end, and say so', async () => {
    await many(3);
    await set(source, component, 'b');
    await visible();
    const all = await Promise.all(Array.from({ length: 30 }, (_, n) => start(`${n + 2}`)));
    await Promise.all(all.map(({ ended }) => ended));
    const failed = all.filter(({ progress }) => progress.state === 'FAILED');
    expect(failed.length).toBe(10);
    expect(failed.map(({ failure }) => failure)).toEqual(failed.map(() => 'others were asked for meanwhile: rehearse again'));
  });

  it('are given up when the server stops, and not begun afterwards', async () => {
    await many(60);
    await set(source, component, 'b');
    await visible();
    const running = await start();
    const closed = backend.rehearsals.close();
    const late = await start('9');
    await closed;
    await late.ended;
    for (const { progress, failure } of [running, late]) {
      expect([progress.state, failure]).toEqual(['FAILED', 'the server stops: rehearse again']);
    }
  });

  describe('that fail', () => {
    const failing = (error: Error, logged: string[] = []): Rehearsals =>
      new Rehearsals({
        services: backend.services,
        readModels: backend.readModels,
        contentsFor: () => ({ load: () => Promise.reject(error) }),
        logger: { ...silentLogger, error: (_details, message) => logged.push(message) },
      });
    const asked = (): Parameters<Rehearsals['start']>[0] => ({ appId: source, templateId, identities: [] });
    beforeEach(async () => {
      await many(1);
      await set(source, component, 'b');
      await visible();
    });

    it('tell nothing of the inside, which is logged, and are tried anew when they are asked for again', async () => {
      const logged: string[] = [];
      const rehearsals = failing(new Error('the inside'), logged);
      const rehearsal = await rehearsals.start(asked());
      await rehearsal.ended;
      expect(rehearsal.failure).toBe('something went wrong inside; it is in the log of the server');
      expect(logged).toEqual(['a rehearsal failed']);
      expect(await rehearsals.start(asked())).not.toBe(rehearsal);
      await rehearsals.close();
    });

    it('say so where the store is away', async () => {
      const rehearsal = await failing(new StoreUnavailableError('away')).start(asked());
      await rehearsal.ended;
      expect(rehearsal.failure).toBe('the event store cannot be reached just now: rehearse again later');
    });

    it('say so where it cannot be told which apps changed meanwhile', async () => {
      const { readModel, release } = backend.readModels.lease();
      readModel.run(`UPDATE checkpoints SET position = 0 WHERE name = 'history'`);
      release();
      const rehearsal = await start();
      await rehearsal.ended;
      expect(rehearsal.failure).toBe('the read model "history" is behind, /health/ready says why: rehearse again later');
    });
  });
});

describe('work on the main thread', () => {
  it('lets others have their turn once it has gone on for some milliseconds', async () => {
    const pacer = new Pacer(new AbortController().signal);
    const turn = new Promise<string>((resolve) => setImmediate(() => resolve('the turn of another')));
    const order: string[] = [];
    void turn.then((whose) => order.push(whose));
    const start = performance.now();
    while (performance.now() - start < 5);
    await pacer.breathe();
    order.push('the work');
    expect(order).toEqual(['the turn of another', 'the work']);
  });

  it('ends where it is given up', async () => {
    const abort = new AbortController();
    abort.abort(new Error('given up'));
    await expect(new Pacer(abort.signal).breathe()).rejects.toThrow('given up');
  });
});
