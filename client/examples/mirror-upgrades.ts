/**
 * Mirrors all that happens to upgrades and rollbacks into a file of JSON lines, each event exactly once and in order, whenever it, or the server, is
 * killed: `node client/examples/mirror-upgrades.ts upgrades.jsonl`, with REGRAFT_URL and REGRAFT_TOKEN where they are not those of a fresh machine.
 */
import { createClient, RegraftError, UpgradeEventsDocument } from '@regraft/client';
import { MirrorFile } from './mirror-file.ts';

const path = process.argv[2] ?? 'upgrades.jsonl';
const { REGRAFT_URL: url = 'http://127.0.0.1:4000', REGRAFT_TOKEN: token } = process.env;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const mirror = new MirrorFile(path);
const client = createClient({ url, ...(token !== undefined && { token }) });
const events = client.subscribe(
  UpgradeEventsDocument,
  // `after` goes first; the position is in the file, with the event, and so needs no checkpoint of its own.
  { after: mirror.position ?? null, from: 'BEGINNING' },
  {
    signal: stop.signal,
    onLost: ({ message }, retryInMs) => console.error(`${message}; the next try is in ${Math.ceil(retryInMs)} ms`),
  },
);
console.log(`Mirroring into ${path}, after ${mirror.position ?? 'the beginning'}`);
try {
  for await (const { event } of events) if (event) mirror.append(event);
} catch (error) {
  if (!(error instanceof RegraftError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  mirror.close();
}
