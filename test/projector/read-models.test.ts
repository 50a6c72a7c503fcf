import { cpSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReadModelFolderError, ReadModelUnavailableError } from '../../src/projector/errors.js';
import type { Projection } from '../../src/projector/projection.js';
import { ReadModels } from '../../src/projector/read-models.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import type { EventStore } from '../../src/store/event-store.js';
import { newEvent } from '../store/contract.js';
import { AbsentStore } from '../support/absent-store.js';
import { KeptLog } from '../support/logs.js';
import { wrapStore } from '../support/nodes.js';
import { diskFull, first, recorder } from '../support/projections.js';

const PATIENCE = { timeoutMs: 10_000 };
const PATIENCE_OF_POLL = { timeout: 10_000 };

describe('the read models in their folder', () => {
  let folder: string;
  let store: EventStore;
  let log: KeptLog;
  let open: ReadModels[];
  let appended: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regraft-read-models-'));
    store = openEmbeddedStore({ path: ':memory:' });
    log = new KeptLog();
    open = [];
    appended = 0;
  });
  afterEach(async () => {
    for (const readModels of open) await readModels.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const append = async (count: number, size = 0): Promise<void> => {
    for (let n = 0; n < count; n++) await store.append(`a-${appended++}`, 'no_stream', [newEvent({ text: 'x'.repeat(size) })]);
  };
  const openIn = async (projections: readonly Projection[], path = join(folder, 'read-model.db'), from = store): Promise<ReadModels> => {
    const readModels = new ReadModels({ store: from, path, projections, logger: log });
    open.push(readModels);
    await readModels.ready();
    return readModels;
  };
  const close = async (readModels: ReadModels): Promise<void> => {
    open.splice(open.indexOf(readModels), 1);
    await readModels.close();
  };
  const positions = (readModels: ReadModels): number[] =>
    readModels.read((db) => db.all<{ position: number }>('SELECT position FROM seen ORDER BY position')).map(({ position }) => position);
  const files = (of = folder): string[] =>
    readdirSync(of)
      .filter((name) => name.endsWith('.db'))
      .sort();
  /** Holds events back from one position on, as a full disk does, until it is let go; from the n-th time that the projection is begun. */
  const gate = (): { projection: Projection; hold: () => void; letGo: () => void } => {
    let held = false;
    const projection = first(recorder('seen'), ({ position }) => {
      if (held && position === 2) throw diskFull();
    });
    return { projection, hold: () => (held = true), letGo: () => (held = false) };
  };

  it('are opened again where they are', async () => {
    await append(3);
    await close(await openIn([recorder('seen')]));
    const again = await openIn([recorder('seen')]);
    expect(again.status.generation).toBe(1);
    expect(positions(again)).toEqual([0, 1, 2]);
    expect(log.lines).toEqual([]);
  });

  it('are refused to a second process while one has them', async () => {
    await openIn([recorder('seen')]);
    await expect(openIn([recorder('seen')])).rejects.toThrow(ReadModelFolderError);
    expect(() => new ReadModels({ store, path: join(folder, 'read-model.db'), projections: [recorder('seen')], logger: log })).toThrow(
      /another process has .* open/,
    );
  });

  it('are refused with a clear error where no file can be made', () => {
    mkdirSync(join(folder, 'read-model-1.db'));
    const path = join(folder, 'read-model.db');
    expect(() => new ReadModels({ store, path, projections: [recorder('seen')], logger: log })).toThrow(
      /cannot be opened .* make the folder writable/,
    );
  });

  for (const [what, next] of [
    ['a projection has another version', recorder('seen', { version: 2 })],
    ['a projection has other tables', recorder('seen', { tables: 'CREATE TABLE seen (position INTEGER, more TEXT)' })],
  ] as const) {
    it(`are made anew where ${what}, with a log line, and the file of before is deleted`, async () => {
      await append(3);
      await close(await openIn([recorder('seen')]));
      const renewed = await openIn([next]);
      expect(positions(renewed)).toEqual([0, 1, 2]);
      expect(files()).toEqual(['read-model-2.db']);
      expect(log.about('of another version or log')).toHaveLength(1);
    });
  }

  it('are made anew where they are of another log', async () => {
    await append(3);
    await close(await openIn([recorder('seen')]));
    const other = openEmbeddedStore({ path: ':memory:' });
    const renewed = await openIn([recorder('seen')], undefined, other);
    expect(positions(renewed)).toEqual([]);
    await close(renewed);
    await other.close();
  });

  it('are made anew where a program before generations wrote them', async () => {
    const before = new DatabaseSync(join(folder, 'read-model.db'));
    before.exec(`CREATE TABLE read_model (fingerprint TEXT NOT NULL); INSERT INTO read_model VALUES ('of before')`);
    before.close();
    await append(1);
    const renewed = await openIn([recorder('seen')]);
    expect(positions(renewed)).toEqual([0]);
    expect(files()).toEqual(['read-model-1.db']);
    expect(log.about('of another version or log')).toHaveLength(1);
  });

  it('are made anew where the file is damaged or no database, with a log line', async () => {
    await append(3);
    await close(await openIn([recorder('seen')]));
    writeFileSync(join(folder, 'read-model-1.db'), 'this is no database '.repeat(500));
    const renewed = await openIn([recorder('seen')]);
    expect(positions(renewed)).toEqual([0, 1, 2]);
    expect(log.about('are damaged')).toHaveLength(1);
    expect(files()).toEqual(['read-model-2.db']);
  });

  it('are made anew beside those that answer, and take over when they have come as far', async () => {
    await append(5);
    const { projection, hold, letGo } = gate();
    const readModels = await openIn([projection]);
    hold();
    const { generation, done } = readModels.rebuild();
    expect(generation).toBe(2);
    expect(readModels.rebuild().generation).toBe(2);
    expect(positions(readModels)).toEqual([0, 1, 2, 3, 4]);
    expect(readModels.status.generation).toBe(1);
    await append(3);
    expect(await readModels.waitFor(7, PATIENCE)).toBe(true);
    expect(positions(readModels)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    letGo();
    await done;
    expect(readModels.status.generation).toBe(2);
    expect(readModels.rebuildStatus).toBeUndefined();
    expect(positions(readModels)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await append(1);
    expect(await readModels.waitFor(8, PATIENCE)).toBe(true);
    expect(files()).toEqual(['read-model-2.db']);
  });

  it('let who reads the ones of before finish, and delete them then', async () => {
    await append(3);
    const readModels = await openIn([recorder('seen')]);
    const { readModel, release } = readModels.lease();
    await readModels.rebuild().done;
    expect(readModel.all('SELECT * FROM seen')).toHaveLength(3);
    expect(files()).toEqual(['read-model-1.db', 'read-model-2.db']);
    release();
    expect(files()).toEqual(['read-model-2.db']);
  });

  it('let those who wait for a position wait on for the next ones', async () => {
    const { projection, hold, letGo } = gate();
    const readModels = await openIn([projection]);
    const waiting = readModels.waitFor(2, PATIENCE);
    await append(2);
    await readModels.rebuild().done;
    hold();
    await append(1);
    letGo();
    expect(await waiting).toBe(true);
    expect(readModels.status.generation).toBe(2);
  });

  it('mend a projection that is stopped', async () => {
    let ill = true;
    const projection = first(recorder('seen'), ({ position }) => {
      if (ill && position === 1) throw new Error('it cannot be applied');
    });
    await append(3);
    const readModels = await openIn([projection]);
    expect(positions(readModels)).toEqual([0]);
    expect(readModels.status.projections).toMatchObject([{ stopped: { position: 1 } }]);
    ill = false;
    await readModels.rebuild().done;
    expect(positions(readModels)).toEqual([0, 1, 2]);
    expect(readModels.status.projections[0]).not.toHaveProperty('stopped');
  });

  it('keep those that answer where the new ones stop before them', async () => {
    await append(3);
    let times = 0;
    const readModels = await openIn([
      first(recorder('seen'), ({ position }) => {
        if (position === 1 && ++times > 1) throw new Error('it cannot be applied twice');
      }),
    ]);
    await readModels.rebuild().done;
    expect(readModels.status.generation).toBe(1);
    expect(positions(readModels)).toEqual([0, 1, 2]);
    expect(log.about('is given up')).toHaveLength(1);
    expect(files()).toEqual(['read-model-1.db']);
  });

  it('are found as they were after a crash in the middle of a rebuild, without what was unfinished', async () => {
    await append(5);
    const { projection, hold, letGo } = gate();
    const readModels = await openIn([projection]);
    hold();
    const { done } = readModels.rebuild();
    expect(files()).toEqual(['read-model-1.db', 'read-model-2.db']);
    const crashed = mkdtempSync(join(tmpdir(), 'regraft-crashed-'));
    cpSync(folder, crashed, { recursive: true });
    letGo();
    await done;
    const after = await openIn([projection], join(crashed, 'read-model.db'));
    expect(after.status.generation).toBe(1);
    expect(files(crashed)).toEqual(['read-model-1.db']);
    expect(positions(after)).toEqual([0, 1, 2, 3, 4]);
    await close(after);
    rmSync(crashed, { recursive: true });
  });

  it('go on from where a crash left them when they were made for the first time', async () => {
    await append(5);
    const { projection, hold, letGo } = gate();
    hold();
    const unready = new ReadModels({ store, path: join(folder, 'read-model.db'), projections: [projection], logger: log });
    expect(unready.serving).toBe(false);
    expect(() => unready.lease()).toThrow(ReadModelUnavailableError);
    await unready.close();
    letGo();
    const after = await openIn([projection]);
    expect(after.status.generation).toBe(1);
    expect(positions(after)).toEqual([0, 1, 2, 3, 4]);
  });

  it('are made anew by themselves when SQLite finds the file damaged; what was asked then may be tried again', async () => {
    const wide: Projection = {
      ...recorder('seen', { tables: 'CREATE TABLE seen (position INTEGER, padding BLOB)' }),
      apply: ({ position }, db) => db.run('INSERT INTO seen VALUES (?, randomblob(20000))', position),
    };
    await append(400);
    const readModels = await openIn([wide]);
    const path = join(folder, 'read-model-1.db');
    // Nothing beside the file, nothing in memory: SQLite has to read what is overwritten.
    readModels.read((db) => db.all('PRAGMA wal_checkpoint(TRUNCATE)'));
    readModels.read((db) => db.all('PRAGMA shrink_memory'));
    expect(statSync(path).size).toBeGreaterThan(4_000_000);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(statSync(path).size - 4096, 0xa5), 0, undefined, 4096);
    const { readModel, release } = readModels.lease();
    expect(() => readModel.all('SELECT count(padding) FROM seen')).toThrow(ReadModelUnavailableError);
    release();
    expect(readModels.serving).toBe(false);
    expect(() => readModels.lease()).toThrow(ReadModelUnavailableError);
    expect(await readModels.waitFor(399, PATIENCE)).toBe(true);
    await readModels.ready();
    expect(positions(readModels)).toHaveLength(400);
    expect(readModels.status.generation).toBe(2);
    expect(log.about('are damaged')).toHaveLength(1);
    await close(readModels);
    expect(files()).toEqual(['read-model-2.db']);
  });

  it('are made anew, too, when it is a projection that meets the damage', async () => {
    await append(3);
    let damaged = true;
    const readModels = await openIn([
      first(recorder('seen'), ({ position }) => {
        if (position === 3 && damaged) {
          damaged = false;
          throw Object.assign(new Error('database disk image is malformed'), { errcode: 11 });
        }
      }),
    ]);
    await append(1);
    expect(await readModels.waitFor(3, PATIENCE)).toBe(true);
    expect(positions(readModels)).toEqual([0, 1, 2, 3]);
    expect(readModels.status.generation).toBe(2);
  });

  describe('where the log was put back to an earlier state', () => {
    /** The events of the log up to a position, under the same name, and then others. */
    const putBack = async (kept: number, others: number): Promise<EventStore> => {
      const backup = openEmbeddedStore({ path: ':memory:' });
      for (const { stream, ...event } of await store.readAll({ after: -1, limit: kept })) await backup.append(stream, 'no_stream', [event]);
      for (let n = 0; n < others; n++) await backup.append(`b-${n}`, 'no_stream', [newEvent()]);
      return wrapStore(backup, { logId: store.logId });
    };
    const ids = (readModels: ReadModels): string[] =>
      readModels.read((db) => db.all<{ id: string }>('SELECT id FROM seen ORDER BY position')).map(({ id }) => id);
    const named: Projection = {
      ...recorder('seen', { tables: 'CREATE TABLE seen (position INTEGER, id TEXT)' }),
      apply: ({ position, eventId }, db) => db.run('INSERT INTO seen VALUES (?, ?)', position, eventId),
    };
    const idsOf = async (of: EventStore): Promise<string[]> => (await of.readAll({ after: -1 })).map(({ eventId }) => eventId);

    for (const [what, others] of [
      ['ends before the rows', 0],
      ['has come again as far as the rows', 3],
      ['has grown past them', 7],
    ] as const) {
      it(`and ${what}, they are made anew before anything is read, with a log line`, async () => {
        await append(5);
        await close(await openIn([named]));
        const backup = await putBack(2, others);
        const readModels = new ReadModels({ store: backup, path: join(folder, 'read-model.db'), projections: [named], logger: log });
        open.push(readModels);
        expect(readModels.serving).toBe(false);
        await readModels.ready();
        expect(ids(readModels)).toEqual(await idsOf(backup));
        expect(log.about('the log was put back to an earlier state')).toHaveLength(1);
        await backup.append('c-1', 'no_stream', [newEvent()]);
        expect(await readModels.waitFor(await backup.head(), PATIENCE)).toBe(true);
        expect(ids(readModels)).toEqual(await idsOf(backup));
        await close(readModels);
        expect(files()).toEqual(['read-model-2.db']);
      });
    }

    it('while the store was away at the start, they are made anew once it is back', async () => {
      await append(5);
      await close(await openIn([named]));
      const backup = await putBack(2, 1);
      const absent = new AbsentStore(backup, true);
      absent.takeAway();
      const readModels = await openIn([named], undefined, absent);
      expect(ids(readModels)).toHaveLength(5);
      absent.bringBack();
      await expect.poll(() => readModels.serving && ids(readModels), PATIENCE_OF_POLL).toEqual(await idsOf(backup));
    });
  });

  it('answer with what they have where the store is away at the start, and follow it when it is back', async () => {
    await append(3);
    await close(await openIn([recorder('seen')]));
    await append(2);
    const absent = new AbsentStore(store, true);
    absent.takeAway();
    const readModels = await openIn([recorder('seen')], undefined, absent);
    expect(positions(readModels)).toEqual([0, 1, 2]);
    await expect(absent.head()).rejects.toThrow(StoreUnavailableError);
    absent.bringBack();
    expect(await readModels.waitFor(4, PATIENCE)).toBe(true);
    expect(positions(readModels)).toEqual([0, 1, 2, 3, 4]);
  });

  it('answer nothing where the store is away at the first start, until it is there', async () => {
    await append(3);
    const absent = new AbsentStore(store, true);
    absent.takeAway();
    const opening = openIn([recorder('seen')], undefined, absent);
    expect(open[0]?.serving).toBe(false);
    absent.bringBack();
    expect(positions(await opening)).toEqual([0, 1, 2]);
  });
});
