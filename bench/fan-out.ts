import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openBackend, type RunningBackend } from '../src/backend.js';
import { RequestContext } from '../src/graphql/context.js';
import { subscribeToEvents, type WantedEvents } from '../src/graphql/history/subscribe.js';
import { silentLogger } from '../src/logger.js';
import { openStore } from '../src/open-store.js';
import { BEFORE_FIRST } from '../src/store/event-store.js';
import { cpuMilliseconds, milliseconds, summarize, type Measured } from './measure.js';
import { AppEditor } from './workload.js';

const APPS = 980;
const TO_EVERYTHING = 20;
const EVENTS_AN_APP = 100;
const EDITS = 500;
const EVERY_MS = 20;

/**
 * Subscriptions within the server's process, without transports: catching up on a log of 98,000 events, then 20 subscribers to everything and 980 to
 * one app each while apps are edited 50 times a second.
 */
export async function benchFanOut(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  const store = await openStore({ dataDir: folder }, silentLogger);
  try {
    const editors = Array.from({ length: APPS }, () => new AppEditor(store));
    await Promise.all(editors.map((editor) => fill(editor)));
    const backend = await openBackend({ store, readModelPath: join(folder, 'read-model.db'), logger: silentLogger });
    await backend.readModels.waitFor(await store.head(), { timeoutMs: 60_000 });
    const measured = [...(await catchUp(backend)), ...(await live(backend, editors))];
    await backend.close();
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(editor: AppEditor): Promise<void> {
  let written = 0;
  while (written < EVENTS_AN_APP) written += await editor.append(10);
}

async function catchUp(backend: RunningBackend): Promise<Measured[]> {
  const [appId = ''] = await appsOf(backend, 1);
  const timesOf = async (wanted: WantedEvents): Promise<number[]> => {
    const times: number[] = [];
    for (let round = 0; round < 3; round++) times.push(await milliseconds(() => untilCaughtUp(backend, wanted)));
    return times;
  };
  return [
    summarize('catching up on one app', 'ms', await timesOf({ from: 'BEGINNING', appId })),
    summarize('catching up on everything', 'ms', await timesOf({ from: 'BEGINNING' })),
  ];
}

async function untilCaughtUp(backend: RunningBackend, wanted: WantedEvents): Promise<void> {
  for await (const { caughtUp } of await subscribe(backend, wanted)) if (caughtUp) return;
}

/** The memory is what was in use at the most, over samples, beyond that before the subscribers came. */
async function live(backend: RunningBackend, editors: readonly AppEditor[]): Promise<Measured[]> {
  const apps = await appsOf(backend, APPS);
  const before = process.memoryUsage().rss;
  const wanted: WantedEvents[] = [...Array.from({ length: TO_EVERYTHING }, () => ({})), ...apps.map((appId) => ({ appId }))];
  const subscriptions = await Promise.all(wanted.map((each) => subscribe(backend, each)));
  const latencies: number[] = [];
  const taken = subscriptions.map(async (messages) => {
    for await (const { event } of messages) if (event) latencies.push(Date.now() - Date.parse(event.occurredAt));
  });
  const memory: number[] = [];
  const cpu = await cpuMilliseconds(async () => {
    for (let n = 0; n < EDITS; n++) {
      const next = delay(EVERY_MS);
      await editors[(n * 7) % APPS]?.append(1);
      await next;
      memory.push((process.memoryUsage().rss - before) / 2 ** 20);
    }
  });
  while (latencies.length < EDITS * (TO_EVERYTHING + 1)) await delay(EVERY_MS);
  for (const messages of subscriptions) await messages.return?.();
  await Promise.all(taken);
  const sorted = latencies.sort((left, right) => left - right);
  const percentile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
  return [
    summarize('processor, writing and projecting too', 'ms an edit', [cpu / EDITS]),
    summarize('memory of subscribers at the most', 'MiB', [Math.max(...memory)]),
    summarize('from command to subscriber, p50', 'ms', [percentile(0.5)]),
    summarize('from command to subscriber, p99', 'ms', [percentile(0.99)]),
  ];
}

function subscribe(backend: RunningBackend, wanted: WantedEvents): ReturnType<typeof subscribeToEvents> {
  const requester = { actor: { id: 'bench', kind: 'SERVICE' }, correlationId: 'bench' } as const;
  return subscribeToEvents(new RequestContext(backend, requester), wanted);
}

/** The apps that the log begins with. */
async function appsOf({ store }: RunningBackend, count: number): Promise<string[]> {
  const apps = new Set<string>();
  let after = BEFORE_FIRST;
  while (apps.size < count) {
    const events = await store.readAll({ after });
    if (events.length === 0) break;
    for (const { data } of events) if (typeof data['appId'] === 'string' && apps.size < count) apps.add(data['appId']);
    after = events.at(-1)?.position ?? after;
  }
  return [...apps];
}
