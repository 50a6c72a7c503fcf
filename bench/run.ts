import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchCheckpoints } from './checkpoints.js';
import { benchApi } from './api.js';
import { benchCompare } from './compare.js';
import type { Measured } from './measure.js';
import { benchFanOut } from './fan-out.js';
import { benchPages } from './pages.js';
import { benchRehearsal } from './rehearsal.js';
import { benchSoak } from './soak.js';
import { benchStartup } from './startup.js';
import { benchStore } from './store.js';

/** Runs all measurements, or one by name, prints them, and keeps them in bench/results with the machine that they were taken on. */
const { positionals, values } = parseArgs({ allowPositionals: true, options: { minutes: { type: 'string', default: '20' } } });
const [only] = positionals;
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new RangeError(`--minutes is ${values.minutes}: a number above 0 is expected`);
const benches: Readonly<Record<string, () => Promise<Measured[]>>> = {
  compare: benchCompare,
  store: benchStore,
  startup: benchStartup,
  pages: benchPages,
  rehearsal: benchRehearsal,
  'fan-out': benchFanOut,
  checkpoints: benchCheckpoints,
  api: benchApi,
};
/** Those that take long: run only where they are asked for. */
const longBenches: typeof benches = { soak: () => benchSoak(minutes) };
const wanted =
  only === undefined ? benches : Object.fromEntries(Object.entries({ ...benches, ...longBenches }).filter(([name]) => name === only));
mkdirSync('bench/results', { recursive: true });
for (const [name, bench] of Object.entries(wanted)) {
  console.log(`\n${name}`);
  const results = await bench();
  console.table(Object.fromEntries(results.map(({ what, ...figures }) => [what, figures])));
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    // Over the last minute: what is beyond the cores was waited for.
    load: Math.round(loadavg()[0] ?? NaN),
  };
  writeFileSync(`bench/results/${name}.json`, `${JSON.stringify({ machine, results }, null, 2)}\n`);
}
