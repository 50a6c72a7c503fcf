import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, type RunningBackend } from '../src/backend.js';
import { Aggregates } from '../src/commands/aggregates.js';
import { ContentStore } from '../src/commands/content-store.js';
import type { CommandServices } from '../src/commands/execute.js';
import { judge } from '../src/domain/rehearsal/outcome.js';
import type { PlanRequest } from '../src/domain/upgrade/plan-request.js';
import { digestsToPlan, planUpgrade } from '../src/domain/upgrade/plan-upgrade.js';
import { versionTarget } from '../src/domain/upgrade/target.js';
import { silentLogger } from '../src/logger.js';
import { withUnpublished } from '../src/queries/publish-preview.js';
import { Rehearsals } from '../src/queries/rehearsal/rehearsals.js';
import { unpublishedVersion } from '../src/queries/rehearsal/unpublished-version.js';
import { READ_MODEL_FILE } from '../src/server.js';
import { openStore } from '../src/open-store.js';
import { cpuMilliseconds, interleave, type Measured } from './measure.js';
import { prepare, type Prepared } from './rehearsal-data.js';
import { measureLatency } from './rehearsal-latency.js';

const ROUNDS = 5;
const SAMPLE = 300;

/** Rehearsing a version for 1,000 and 10,000 installs with 100 and 1,000 distinct local patches; beside it planning install by install. */
export async function benchRehearsal(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  try {
    const backend = await openBackend({
      store: await openStore({ dataDir: folder }, silentLogger),
      readModelPath: join(folder, READ_MODEL_FILE),
      logger: silentLogger,
    });
    const few = await prepare(backend, 1_000, 100);
    const distinct = await prepare(backend, 1_000, 1_000);
    const alike = await prepare(backend, 10_000, 100);
    const many = await prepare(backend, 10_000, 1_000);
    await backend.readModels.waitFor(await backend.store.head(), { timeoutMs: 600_000 });
    const figures = await interleave(ROUNDS, 'ms of CPU', {
      '1,000 installs, 100 patches': () => rehearse(backend, few),
      '10,000 installs, 100 patches': () => rehearse(backend, alike),
      '1,000 installs, 1,000 patches': () => rehearse(backend, distinct),
      '10,000 installs, 1,000 patches': () => rehearse(backend, many),
      [`10,000 installs one by one, extrapolated from ${SAMPLE}`]: () => oneByOne(backend, many),
    });
    await backend.close();
    return [...figures, ...(await measureLatency(folder, many))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With nothing in memory but what SQLite keeps. */
function coldServices({ services, store }: RunningBackend): CommandServices {
  return { ...services, aggregates: new Aggregates(store, services.runtime), contents: new ContentStore(store, services.writer) };
}

async function rehearse(backend: RunningBackend, { appId, templateId, installed }: Prepared): Promise<number> {
  const services = coldServices(backend);
  const { readModels } = backend;
  const rehearsals = new Rehearsals({ services, readModels, contentsFor: () => services.contents, logger: silentLogger });
  return cpuMilliseconds(async () => {
    const rehearsal = await rehearsals.start({ appId, templateId, identities: [] });
    await rehearsal.ended;
    if (rehearsal.tally.processed !== installed.length) throw new Error(`${rehearsal.failure}: ${rehearsal.tally.processed}`);
  });
}

/** What a client would do who could ask for plans of a version that is not published: the app from the log, its plan, and what it means. */
async function oneByOne(backend: RunningBackend, { appId, templateId, installed }: Prepared): Promise<number> {
  const services = coldServices(backend);
  const step = Math.floor(installed.length / SAMPLE);
  const sample = installed.filter((_, n) => n % step === 0).slice(0, SAMPLE);
  const taken = await cpuMilliseconds(async () => {
    const target = await unpublishedVersion(services, { appId, templateId, identities: [] });
    for (const each of sample) {
      const { view, state } = await services.aggregates.app(each);
      const [installation] = state.installations.values();
      if (!installation) throw new Error('nothing is installed');
      const request: PlanRequest = {
        view,
        installation,
        target: versionTarget(target.version, target.manifest),
        resolutions: [],
        policy: 'ASK',
      };
      const wanted = digestsToPlan(request).filter((digest) => !target.contents.has(digest));
      judge(planUpgrade(request, withUnpublished(await services.contents.load(wanted), target.contents)));
    }
  });
  return (taken / sample.length) * installed.length;
}
