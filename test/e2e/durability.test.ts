import { once } from 'node:events';
import { createReadStream, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuiltServer } from '../support/built-server.js';
import { canTrace, traceInto, WalTrace } from '../support/wal-trace.js';

const MARK = /durable-\d+-/g;
const WAL = '/data/log.db-wal';

/** A killed process does not test the disk: what it wrote is the kernel's. This looks at what the server asks of the kernel, and when. */
describe('a mutation', () => {
  const traced = canTrace();
  if (!traced)
    console.warn('SKIPPED: that no mutation is acknowledged before it is on the disk. It needs strace, and the right to use it.');
  let server: BuiltServer;
  beforeEach(() => {
    server = new BuiltServer();
  });
  afterEach(() => server.remove());

  it.skipIf(!traced)('is acknowledged after a sync of the log that covers it, alone and among others', { timeout: 60_000 }, async () => {
    const file = join(server.dataDir, 'trace');
    const { child, api } = await server.start({}, traceInto(file));
    const create = async (n: number): Promise<void> => {
      await api.mutate('createApp', 'CreateAppInput', { name: `durable-${n}-` }, 'app { name }');
    };
    for (let n = 0; n < 20; n++) await create(n);
    for (let n = 20; n < 120; n += 25) await Promise.all(Array.from({ length: 25 }, (_, i) => create(n + i)));
    child.kill('SIGTERM');
    await once(child, 'exit');
    await expect.poll(() => readFileSync(file, 'latin1')).toMatch(new RegExp(`^${child.pid} .*\\+\\+\\+ exited with 0 \\+\\+\\+\n$`, 'm'));

    const trace = new WalTrace(join(realpathSync(server.dataDir), 'log.db-wal'), MARK);
    for await (const line of createInterface({ input: createReadStream(file, 'latin1') })) trace.read(line);
    expect(trace.answers).toHaveLength(120);
    expect(trace.answers.filter(({ durable }) => !durable)).toEqual([]);
    // They shared syncs where they came together, and none went without.
    expect(trace.syncs).toBeGreaterThanOrEqual(20 + 4);
    console.log(JSON.stringify({ answers: trace.answers.length, commits: trace.commits, syncs: trace.syncs }));
  });
});

describe('the reading of a trace', () => {
  const hex = (bytes: Buffer | string): string =>
    [...Buffer.from(bytes)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  const frame = (text: string, isLast: boolean): string[] => {
    const header = Buffer.alloc(24);
    header.writeUInt32BE(isLast ? 7 : 0, 4);
    return [
      `1 pwrite64(5<${hex(WAL)}>, "${hex(header)}", 24, 0) = 24`,
      `1 pwrite64(5<${hex(WAL)}>, "${hex(text.padEnd(4096))}", 4096, 24) = 4096`,
    ];
  };
  const sync = (path = WAL, result = '0'): string => `1 fdatasync(5<${hex(path)}>) = ${result}`;
  const answer = (text: string): string => `1 write(9<${hex('socket:[77]')}>, "${hex(`HTTP/1.1 200 OK\r\n\r\n${text}`)}", 40) = 40`;
  const answers = (...lines: string[]): WalTrace['answers'] => {
    const trace = new WalTrace(WAL, MARK);
    for (const line of lines) trace.read(line);
    return trace.answers;
  };
  const [durable, notDurable] = [true, false].map((is) => [{ mark: 'durable-1-', durable: is }]);

  it('finds an answer after the sync of its commit, also one that another thread has interrupted', () => {
    const written = [...frame('durable-1-', false), ...frame('', true)];
    expect(answers(...written, sync(), answer('durable-1-'))).toEqual(durable);
    const [begun, ended] = [`1 fsync(5<${hex(WAL)}> <unfinished ...>`, '1 <... fsync resumed>)            = 0'];
    expect(answers(...written, begun, ended, answer('durable-1-'))).toEqual(durable);
    expect(answers(...written, begun, answer('durable-1-'), ended)).toEqual(notDurable);
  });

  it('finds an answer without a sync, before it, or with one that failed, was of another file, or came before the commit was whole', () => {
    const whole = frame('durable-1-', true);
    expect(answers(...whole, answer('durable-1-'))).toEqual(notDurable);
    expect(answers(...whole, answer('durable-1-'), sync())).toEqual(notDurable);
    expect(answers(...whole, sync(WAL, '-1 EIO (Input/output error)'), answer('durable-1-'))).toEqual(notDurable);
    expect(answers(...whole, sync('/data/read-model-1.db-wal'), answer('durable-1-'))).toEqual(notDurable);
    expect(answers(...frame('durable-1-', false), sync(), ...frame('', true), answer('durable-1-'))).toEqual(notDurable);
    expect(answers(sync(), answer('durable-1-'))).toEqual(notDurable);
  });
});
