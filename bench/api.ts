import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { makeData } from './api/data.js';
import { load } from './api/load.js';
import { operationsOf, type Operation } from './api/operations.js';
import { ask } from './ask.js';
import { startBuiltServer } from './built-server.js';
import { summarize, type Measured } from './measure.js';

const ROUNDS = 5;
const SECONDS = 2;
const CONNECTIONS = 16;
const PEERS = ['yoga', 'mercurius'];
/** Beside the sources: it is not compiled. */
const PEER = fileURLToPath(new URL('../../bench/api/peer.mjs', import.meta.url));

/** A server under measurement. */
interface Running {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void> | void;
}

/**
 * The API over HTTP at 16 connections: what pages ask for and a mutation, beside graphql-yoga and Mercurius with graphql-jit over the same schema and
 * copies of the same data, and node:http that answers the same bytes. Each in a process of its own.
 */
export async function benchApi(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  const running: Running[] = [];
  try {
    const ours = join(folder, 'ours');
    const maker = await startBuiltServer(ours);
    const operations = await makeData(maker.url)
      .then(operationsOf)
      .finally(() => maker.stop());
    for (const peer of PEERS) cpSync(ours, join(folder, peer), { recursive: true });
    const server = await startBuiltServer(ours);
    running.push({ name: 'Regraft', url: server.url, stop: () => server.stop() });
    for (const peer of PEERS) running.push(await startPeer(peer, join(folder, peer)));
    await requireEqualAnswers(running, operations);
    const answers = join(folder, 'answers.json');
    writeFileSync(answers, JSON.stringify(await answersOf(server.url, operations)));
    running.push(await startPeer('raw', answers));
    return await measure(running, operations);
  } finally {
    for (const server of running) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(running: readonly Running[], operations: readonly Operation[]): Promise<Measured[]> {
  const [rates, tails] = [new Map<string, number[]>(), new Map<string, number[]>()];
  let sent = 0;
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const operation of operations) {
      for (const { name, url } of running) {
        const next = (): number => ++sent;
        const { requestsPerSecond, p99Milliseconds } = await load({ url, operation, connections: CONNECTIONS, seconds: SECONDS, next });
        const what = `${operation.name}, ${name}`;
        if (round === 0) continue;
        rates.set(what, [...(rates.get(what) ?? []), requestsPerSecond]);
        tails.set(what, [...(tails.get(what) ?? []), p99Milliseconds]);
      }
    }
  }
  return [
    ...[...rates].map(([what, figures]) => summarize(what, 'requests/s', figures)),
    ...[...tails].map(([what, figures]) => summarize(`${what}, p99`, 'ms', figures)),
  ];
}

async function answersOf(url: string, operations: readonly Operation[]): Promise<Record<string, string>> {
  const answers = await Promise.all(
    operations.map(async ({ name, body }) => [name, JSON.stringify({ data: await ask(url, body(0)) })] as const),
  );
  return Object.fromEntries(answers);
}

/** @throws AssertionError where a server answers a query otherwise than the first. */
async function requireEqualAnswers([ours, ...others]: readonly Running[], operations: readonly Operation[]): Promise<void> {
  if (!ours) return;
  for (const { name, body } of operations.filter((operation) => operation.name !== 'mutation')) {
    const expected = await ask(ours.url, body(0));
    for (const other of others) assert.deepEqual(await ask(other.url, body(0)), expected, `${other.name} answers otherwise: ${name}`);
  }
}

async function startPeer(name: string, path: string): Promise<Running> {
  const child = spawn(process.execPath, [PEER, name, path], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^ready at (.*)$/.exec(line)?.[1];
    if (url) return { name, url, stop: () => void child.kill('SIGKILL') };
  }
  throw new Error(`${name} did not start`);
}
