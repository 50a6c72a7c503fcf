import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { benchCheckpoints } from './checkpoints.js';
import { benchApi } from './api.js';
import { benchCompare } from './compare.js';
import type { Measured } from './measure.js';
import { benchFanOut } from './fan-out.js';
import { benchPages } from './pages.js';
import { benchRehearsal } from './rehearsal.js';
import { benchStartup } from './startup.js';
import { benchStore } from './store.js';

/** Runs all measurements, prints them, and keeps them in bench/results with the machine that they were taken on. */
const only = process.argv[2];
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
mkdirSync('bench/results', { recursive: true });
for (const [name, bench] of Object.entries(benches)) {
  if (only !== undefined && only !== name) continue;
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
