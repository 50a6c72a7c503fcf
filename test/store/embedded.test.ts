import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import { describeEventStore, newEvent } from './contract.js';

describeEventStore('embedded, in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-store-'));
  const path = join(folder, 'log.db');
  let clock = Date.now();
  const store = openEmbeddedStore({ path, now: () => clock });
  return Promise.resolve({
    store,
    setClock: (milliseconds) => (clock = milliseconds),
    reopen: async () => {
      await store.close();
      return openEmbeddedStore({ path });
    },
    destroy: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
});

describeEventStore('embedded, in memory', () => {
  let clock = Date.now();
  const store = openEmbeddedStore({ path: ':memory:', now: () => clock });
  return Promise.resolve({ store, setClock: (milliseconds) => (clock = milliseconds), destroy: () => store.close() });
});

it('says that it is unavailable where the disk gives something else, also of the head', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-store-'));
  const path = join(folder, 'log.db');
  const writing = openEmbeddedStore({ path });
  await writing.append('a-1', 'no_stream', [newEvent()]);
  await writing.close();
  const store = openEmbeddedStore({ path, readOnly: true });
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(statSync(path).size - 4096, 0xa5), 0, undefined, 4096);
  closeSync(file);
  await expect(store.head()).rejects.toThrow(StoreUnavailableError);
  await expect(store.readAll({ after: -1 })).rejects.toThrow(StoreUnavailableError);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the file of the embedded store', () => {
  const inFolder = async (test: (path: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'regraft-store-'));
    try {
      await test(join(folder, 'log.db'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it('is refused to a second opener, and free again once it is closed', () =>
    inFolder(async (path) => {
      const store = openEmbeddedStore({ path });
      await store.append('a-1', 'no_stream', [newEvent()]);
      expect(() => openEmbeddedStore({ path })).toThrow(/another process has .* open/);
      await store.close();
      await openEmbeddedStore({ path }).close();
    }));

  it('is refused where it is no log', () =>
    inFolder((path) => {
      writeFileSync(path, 'this is a text, and a long one, so that nobody takes it for an empty database '.repeat(20));
      expect(() => openEmbeddedStore({ path })).toThrow(StoreUnavailableError);
      return Promise.resolve();
    }));
});
