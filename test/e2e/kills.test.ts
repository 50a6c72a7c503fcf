import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodePosition } from '../../src/store/position.js';
import { seededRandom } from '../corpus/random.js';
import { BuiltServer, kill, type Running } from '../support/built-server.js';
import { LoadWriter, send, type Attempt } from '../support/load-writer.js';
import { LogAudit } from '../support/log-audit.js';
import type { Api } from '../support/server.js';

/** CRASHES=200 npx vitest run test/e2e/kills.test.ts for more of them; CRASH_SEED for the moments and mutations of an earlier run. */
const CRASHES = Number(process.env['CRASHES'] || 5);
const SEED = process.env['CRASH_SEED'] || String(Date.now());
const WRITERS = 6;
const MAX_LOAD_MS = 600;
const MAX_START_MS = 500;

describe(`the server, killed ${CRASHES} times under load (CRASH_SEED=${SEED})`, () => {
  let server: BuiltServer;
  beforeEach(() => {
    server = new BuiltServer();
  });
  afterEach(() => server.remove());

  it('loses no acknowledged mutation, and does none twice', { timeout: 20_000 + CRASHES * 10_000 }, async () => {
    const began = performance.now();
    const random = seededRandom(SEED);
    const writers = Array.from({ length: WRITERS }, (_, n) => new LoadWriter(`w${n}`, seededRandom(`${SEED} ${n}`)));
    const audit = new LogAudit(server.dataDir);
    const acknowledged: Attempt[] = [];
    const figures = { kills: 0, whileStarting: 0, repeated: 0, carriedOutUnacknowledged: 0, takenUp: 0, verified: 0 };

    let running = await server.start();
    while (figures.kills < CRASHES) {
      const before = acknowledged.length;
      await loadUntilKilled(running, writers, random.integer(MAX_LOAD_MS), (attempt) => acknowledged.push(attempt));
      figures.kills++;
      await audit.readOn();
      const { broken, events } = await audit.verify();
      expect(broken).toBe(null);
      figures.verified = events;
      for (const attempt of acknowledged.slice(before)) expectOnce(attempt, audit);
      const open = writers.flatMap(({ last }) => (last && !last.answer ? [last] : []));
      for (const attempt of open) expectWholeOrNothing(attempt, audit);
      figures.carriedOutUnacknowledged += open.filter(({ mark }) => audit.effectsOf(mark).length > 0).length;
      const unfinished = audit.releases((published) => published === 0);
      figures.takenUp += unfinished.length;

      if (figures.kills < CRASHES && random.chance(0.2)) {
        await killWhileStarting(server, random.integer(MAX_START_MS));
        figures.kills++;
        figures.whileStarting++;
      }
      running = await server.start();
      const { api } = running;
      figures.repeated += await repeatLast(api, writers, (attempt) => acknowledged.push(attempt));
      await expectShown(api, acknowledged.slice(before));
      await expect.poll(() => audit.readOn().then(() => audit.releases((published) => published !== 1)), { timeout: 10_000 }).toEqual([]);
      for (const attempt of acknowledged.slice(before)) expectOnce(attempt, audit);
    }
    await kill(running.child);

    const whole = new LogAudit(server.dataDir);
    await whole.readOn();
    for (const attempt of acknowledged) expectOnce(attempt, whole);
    expect(acknowledged.length).toBeGreaterThan(CRASHES);
    expect(await whole.verify()).toMatchObject({ broken: null });
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(JSON.stringify({ seed: SEED, ...figures, acknowledged: acknowledged.length, of: countByMutation(acknowledged), seconds }));
  });
});

/** Lets all write, and kills the server after that many milliseconds, whatever it does then. */
async function loadUntilKilled(
  { child, api }: Running,
  writers: readonly LoadWriter[],
  afterMs: number,
  acknowledged: (attempt: Attempt) => void,
): Promise<void> {
  let isGone = false;
  const killed = new Promise((resolve) => setTimeout(resolve, afterMs)).then(() => {
    isGone = true;
    return kill(child);
  });
  await Promise.all([killed, ...writers.map((writer) => writer.write(api, () => isGone, acknowledged))]);
}

async function killWhileStarting(server: BuiltServer, afterMs: number): Promise<void> {
  const child = server.spawn();
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await kill(child);
}

/**
 * Sends the last mutation of each writer again, twice at once, where it has a commandId: those that were not acknowledged come to one effect,
 * those that were are answered as before. @returns how many were sent again.
 */
async function repeatLast(api: Api, writers: readonly LoadWriter[], acknowledged: (attempt: Attempt) => void): Promise<number> {
  const repeated = await Promise.all(
    writers.map(async (writer) => {
      const { last } = writer;
      if (!last?.named) {
        if (!last?.answer) writer.forget();
        return 0;
      }
      const isNew = !last.answer;
      for (const answer of await Promise.all([send(api, last), send(api, last)])) expect(idsOf(last, answer)).toEqual(idsOf(last));
      if (isNew) acknowledged(last);
      return 1;
    }),
  );
  return repeated.reduce<number>((sum, n) => sum + n, 0);
}

/** Its events are in the log once, where its answer says, and are about what its answer names. */
function expectOnce(attempt: Attempt, audit: LogAudit): void {
  const { mark, mutation, effect, answer } = attempt;
  const events = audit.effectsOf(mark);
  const types = events.map(({ type }) => type).join(' ');
  expect(types, `${mutation} ${mark}`).toMatch(effect);
  const position = answer && decodePosition(audit.logId, answer.position);
  if (position === undefined) throw new Error(`${mark} has no position of this log`);
  const [first, last] = [events.at(0), events.at(-1)];
  if (!first || !last) return;
  expect(events.map(({ stream, revision }) => `${stream} ${revision}`)).toEqual(
    events.map((_, n) => `${first.stream} ${first.revision + n}`),
  );
  // A publish is answered when its release has ended: with a later event of the same template.
  if (mutation === 'publishTemplate') expect(position).toBeGreaterThanOrEqual(last.position);
  else expect(position).toBe(last.position);
  expect(audit.streamAt(position)).toBe(first.stream);
  const text = `${first.stream} ${events.map(({ text }) => text).join(' ')}`;
  for (const id of idsOf(attempt)) expect(text).toContain(id);
}

function expectWholeOrNothing({ mark, mutation, effect }: Attempt, audit: LogAudit): void {
  const events = audit.effectsOf(mark);
  if (events.length > 0) expect(events.map(({ type }) => type).join(' '), `${mutation} ${mark}`).toMatch(effect);
}

/** What they made or changed is what queries show. */
async function expectShown(api: Api, attempts: readonly Attempt[]): Promise<void> {
  const ids = [...new Set(attempts.flatMap((attempt) => idsOf(attempt)))];
  for (let from = 0; from < ids.length; from += 50) {
    const some = ids.slice(from, from + 50);
    const data = await api.ask(`{ ${some.map((id, n) => `n${n}: node(id: ${JSON.stringify(id)}) { id }`).join(' ')} }`);
    expect(Object.values(data as Record<string, { id: string } | null>).map((node) => node?.id)).toEqual(some);
  }
}

function countByMutation(attempts: readonly Attempt[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { mutation } of attempts) counts[mutation] = (counts[mutation] ?? 0) + 1;
  return counts;
}

function idsOf({ nodes, answer }: Attempt, given = answer): string[] {
  return nodes.map((node) => given?.[node]?.id ?? 'no answer');
}
