import { fork, type ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../src/logger.js';
import { openStore } from '../src/open-store.js';
import { BEFORE_FIRST } from '../src/store/event-store.js';
import { startBuiltServer, type BuiltServer } from './built-server.js';
import { summarize, type Measured } from './measure.js';
import { Editors } from './soak/editors.js';
import { MemoryWatch } from './soak/memory.js';
import { compare, Tally, type Received } from './soak/received.js';
import type { SubscribersMessage, SubscribersReport, SubscribersTask } from './soak/subscribers.js';

const APPS = 980;
const TO_EVERYTHING = 20;
const EDITS_A_SECOND = 50;
const LAST_NAME = 'the last edit';
/** How long after the last edit every subscriber has to have everything. */
const END_WITHIN_MS = 60_000;

/**
 * The built server, edited 50 times a second, with 1,000 subscribers over WebSocket from another process: stopped in order and started again at a
 * third of the time, killed and started again at two thirds.
 * @throws Error where a subscriber did not get every event exactly once and in the order of the log.
 */
export async function benchSoak(minutes: number): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-soak-'));
  let server = await startBuiltServer(folder);
  const { url } = server;
  const editors = new Editors(url);
  const apps = await editors.createApps(APPS);
  const subscribers = await startSubscribers({ url, apps, toEverything: TO_EVERYTHING, lastName: LAST_NAME });
  const third = (minutes * 60_000) / 3;
  const editing = editors.edit(apps, { perSecond: EDITS_A_SECOND, milliseconds: minutes * 60_000 });
  const measured: Measured[] = [];
  try {
    for (const [what, end] of [
      ['server, then stopped', (running) => running.stop()],
      ['server again, then killed', (running) => running.kill()],
      ['server once more', undefined],
    ] satisfies [string, ((running: BuiltServer) => Promise<void>) | undefined][]) {
      const watch = new MemoryWatch(server.pid);
      // It ends early where an edit, or the process of the subscribers, fails.
      await (end ? Promise.race([delay(third), editing, subscribers.report]) : editing);
      watch.stop();
      measured.push(...watch.measured(what));
      if (!end) break;
      await end(server);
      const began = performance.now();
      server = await startBuiltServer(folder, new URL(url).port);
      measured.push(summarize(`${what}: away`, 's', [(performance.now() - began) / 1_000]));
    }
    await editors.renameAll(apps, LAST_NAME);
    const report = await reportOf(subscribers);
    await server.stop();
    const { events, wrong } = await compareWithLog(folder, report.received);
    for (const each of wrong.slice(0, 20)) console.error(each);
    if (wrong.length > 0) throw new Error(`${wrong.length} things are wrong with what ${report.received.length} subscribers got`);
    return [
      ...measured,
      summarize('edits', 'ms until answered', editors.times),
      summarize('edits sent again', 'times', [editors.resent]),
      ...latenciesOf(report),
      summarize('connections lost, and resumed', 'times', [report.connectionsLost]),
      summarize('events in the log', 'events', [events]),
      summarize('events that subscribers got, each once and in order', 'events', [
        report.received.reduce((sum, each) => sum + each.events, 0),
      ]),
    ];
  } finally {
    subscribers.child.kill('SIGKILL');
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Subscribers {
  readonly child: ChildProcess;
  /** Once all have come to the end. */
  readonly report: Promise<SubscribersReport>;
}

/** Resolves when all have caught up. */
async function startSubscribers(task: SubscribersTask): Promise<Subscribers> {
  const child = fork(fileURLToPath(new URL('soak/subscribers.js', import.meta.url)));
  const messages = on(child, 'message', { close: ['exit'] }) as AsyncIterableIterator<[SubscribersMessage], undefined>;
  child.send(task);
  const next = async (): Promise<SubscribersMessage> => {
    const { value } = await messages.next();
    if (!value) throw new Error('the process of the subscribers ended');
    return value[0];
  };
  await next();
  const report = next().then((message) => {
    if (message.type !== 'report') throw new Error('the subscribers did not report');
    return message;
  });
  return { child, report };
}

/** What there is after a while, where not all have come to the end. */
async function reportOf({ child, report }: Subscribers): Promise<SubscribersReport> {
  const timer = setTimeout(() => child.send('stop'), END_WITHIN_MS);
  try {
    return await report;
  } finally {
    clearTimeout(timer);
  }
}

/** Compares what every subscriber got with the log itself. */
async function compareWithLog(folder: string, received: readonly Received[]): Promise<{ events: number; wrong: string[] }> {
  const store = await openStore({ dataDir: folder }, silentLogger, { readOnly: true });
  const everything = new Tally();
  const ofApps = new Map<string, Tally>();
  let page = await store.readAll({ after: BEFORE_FIRST });
  while (page.length > 0) {
    for (const { eventId: id, stream, revision } of page) {
      everything.take({ id, stream, revision });
      if (stream.startsWith('app-')) tallyOf(ofApps, stream).take({ id, stream, revision });
    }
    page = await store.readAll({ after: page.at(-1)?.position ?? BEFORE_FIRST });
  }
  await store.close();
  const all = everything.received(undefined, true);
  const expected = new Map([...ofApps].map(([stream, tally]) => [stream, tally.received(stream, true)]));
  const wrong = received.flatMap((each) => compare(each, each.appId === undefined ? all : expected.get(`app-${each.appId}`)));
  return { events: all.events, wrong };
}

function tallyOf(tallies: Map<string, Tally>, stream: string): Tally {
  const known = tallies.get(stream);
  if (known) return known;
  const made = new Tally();
  tallies.set(stream, made);
  return made;
}

function latenciesOf({ latencies }: SubscribersReport): Measured[] {
  const sorted = [...latencies].sort(([left], [right]) => left - right);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  return [0.5, 0.99, 0.999].map((share) => {
    let left = share * total;
    const [ms] = sorted.find(([, count]) => (left -= count) <= 0) ?? sorted.at(-1) ?? [NaN];
    return summarize(`from command to subscriber, p${share * 100}`, 'ms', [ms]);
  });
}
