import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { handleAddComponent, handleCreateApp } from '../../src/commands/apps.js';
import { handleInstall } from '../../src/commands/install.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import type { AppId, TemplateId } from '../../src/domain/ids.js';
import { Allowance } from '../../src/queries/past/allowance.js';
import { Moment } from '../../src/queries/past/moment.js';
import { openTestBackend, tester } from '../support/backend.js';

describe('a moment', () => {
  let backend: RunningBackend;
  let source: AppId;
  let templateId: TemplateId;
  beforeAll(async () => {
    backend = await openTestBackend();
    const { services, releases } = backend;
    ({ result: source } = await handleCreateApp(services, tester, { name: 'source', team: 't' }));
    await handleAddComponent(services, tester, { appId: source }, { key: 'web', image: 'web:1' });
    const { result } = await handlePublishTemplate(services, tester, {
      appId: source,
      version: '1.0',
      identities: [],
      as: { name: 'shop' },
    });
    ({ templateId } = result);
    await releases.run(result, tester);
    for (let n = 0; n < 5; n++) {
      await handleInstall(services, tester, { templateId, version: undefined, keys: new Map(), into: { name: `install ${n}` } });
    }
  });
  afterAll(() => backend.close());

  async function moment<T>(events: number, use: (moment: Moment) => Promise<T>): Promise<T> {
    const position = await backend.store.head();
    await backend.readModels.waitFor(position, { timeoutMs: 10_000 });
    const { readModel: present, release } = backend.readModels.lease();
    const { store, services } = backend;
    const opened = new Moment({ store, runtime: services.runtime, position, present, allowance: new Allowance(events) });
    try {
      return await use(opened);
    } finally {
      opened.close();
      release();
    }
  }
  const countIn = (table: string, { readModel }: Moment): unknown => readModel.get(`SELECT count(*) AS n FROM ${table}`)?.['n'];

  it('has what was brought in, and what that leads to, and nothing else', () =>
    moment(1000, async (then) => {
      await then.bringApps([source]);
      expect([countIn('apps', then), countIn('templates', then), countIn('installations', then)]).toEqual([1, 1, 0]);
      await then.bringInstallsOf([templateId]);
      expect([countIn('apps', then), countIn('templates', then), countIn('installations', then)]).toEqual([6, 1, 5]);
    }));

  it('reads a stream once, however many ask for it', () =>
    // The source app has 2 events, its template 4.
    moment(6, async (then) => {
      await Promise.all([then.bringApps([source]), then.bringApps([source, source]), then.bringTemplates([templateId])]);
      await then.bringApps([source]);
    }));

  it('is refused with PAST_TOO_LARGE where it would read more of the log than it is allowed', () =>
    moment(10, async (then) => {
      await then.bringApps([source]);
      await expect(then.bringInstallsOf([templateId])).rejects.toMatchObject({ code: 'PAST_TOO_LARGE', details: { limit: 10 } });
    }));
});
