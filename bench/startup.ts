import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../src/logger.js';
import { openStore } from '../src/open-store.js';
import { startBuiltServer } from './built-server.js';
import { summarize, type Measured } from './measure.js';
import { AppEditor } from './workload.js';

const EVENTS = 1_000_000;
const APPS = 1_000;
const EVENTS_AN_APPEND = 10;

/** Starting the built server over a log of a million events: first without read models, so that they are made, then with them. */
export async function benchStartup(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  try {
    await fill(folder);
    const rebuilding = await start(folder);
    const starts = [await start(folder), await start(folder), await start(folder)];
    return [
      summarize('ready without read models', 's', [rebuilding.seconds]),
      summarize('rebuilding', 'events a second', [EVENTS / rebuilding.seconds]),
      summarize('memory at the most, without read models', 'MiB', [rebuilding.peakMiB]),
      summarize(
        'ready with read models',
        's',
        starts.map(({ seconds }) => seconds),
      ),
      summarize(
        'memory at the most, with read models',
        'MiB',
        starts.map(({ peakMiB }) => peakMiB),
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(folder: string): Promise<void> {
  const store = await openStore({ dataDir: folder }, silentLogger);
  const each = EVENTS / APPS;
  await Promise.all(
    Array.from({ length: APPS }, async () => {
      const editor = new AppEditor(store);
      let written = await editor.append(2);
      while (written < each) written += await editor.append(Math.min(EVENTS_AN_APPEND, each - written));
    }),
  );
  await store.close();
}

/** Seconds until the line that says it is ready, and the largest memory until then. */
async function start(folder: string): Promise<{ seconds: number; peakMiB: number }> {
  const began = performance.now();
  const server = await startBuiltServer(folder);
  const seconds = (performance.now() - began) / 1000;
  const peakMiB = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024;
  await server.stop();
  return { seconds, peakMiB };
}
