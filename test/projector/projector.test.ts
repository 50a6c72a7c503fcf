import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Logger } from '../../src/logger.js';
import type { Projection } from '../../src/projector/projection.js';
import { Projector } from '../../src/projector/projector.js';
import { SqliteReadModel } from '../../src/projector/read-model.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { AbsentStore } from '../support/absent-store.js';
import { KeptLog } from '../support/logs.js';
import { diskFull, first, recorder } from '../support/projections.js';
import { newEvent } from '../store/contract.js';

interface Running {
  readonly readModel: SqliteReadModel;
  readonly projector: Projector;
}

const PATIENCE = { timeoutMs: 10_000 };

describe('the projector', () => {
  let store: EventStore;
  let log: KeptLog;
  const open: Running[] = [];
  beforeEach(() => {
    store = openEmbeddedStore({ path: ':memory:' });
    log = new KeptLog();
  });
  afterEach(async () => {
    for (const { projector, readModel } of open.splice(0)) {
      await projector.close();
      readModel.close();
    }
    await store.close();
  });

  const append = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await store.append(`a-${randomUUID()}`, 'no_stream', [newEvent()]);
  };
  const start = (projections: readonly Projection[], logger: Logger = log): Running => {
    const readModel = SqliteReadModel.open({ path: ':memory:', projections, logId: store.logId });
    if (typeof readModel === 'string') throw new Error(readModel);
    const projector = new Projector({ store, readModel, projections, logger });
    projector.start();
    open.push({ readModel, projector });
    return { readModel, projector };
  };
  /** The same rows under a new projector, as after a restart. */
  const startAgain = async ({ readModel, projector }: Running, projections: readonly Projection[]): Promise<Running> => {
    await projector.close();
    const next = new Projector({ store, readModel, projections, logger: log });
    next.start();
    open.splice(0, open.length, { readModel, projector: next });
    return { readModel, projector: next };
  };
  const rows = ({ readModel }: Running, table: string): number[] =>
    readModel.all<{ position: number }>(`SELECT position FROM ${table} ORDER BY rowid`).map(({ position }) => position);
  const failsAt = (name: string, at: number, change: Partial<Projection> = {}): Projection =>
    first(recorder(name, change), ({ position }) => {
      if (position === at) throw new Error('it cannot be applied');
    });

  it('applies each event once, over restarts', async () => {
    await append(3);
    const before = start([recorder('one')]);
    expect(await before.projector.waitFor(2, PATIENCE)).toBe(true);
    await append(2);
    const after = await startAgain(before, [recorder('one')]);
    expect(await after.projector.waitFor(4, PATIENCE)).toBe(true);
    expect(rows(after, 'one')).toEqual([0, 1, 2, 3, 4]);
  });

  it('stops a projection alone at an event that it cannot apply, with what came before applied, and takes the others on', async () => {
    await append(4);
    const running = start([recorder('well'), failsAt('ill', 2, { readBack: false })]);
    expect(await running.projector.waitFor(3, PATIENCE)).toBe(true);
    await append(2);
    expect(await running.projector.waitFor(5, PATIENCE)).toBe(true);
    expect(rows(running, 'well')).toEqual([0, 1, 2, 3, 4, 5]);
    expect(rows(running, 'ill')).toEqual([0, 1]);
    expect(running.projector.progress).toMatchObject([
      { name: 'well', position: 5 },
      { name: 'ill', position: 1, stopped: { position: 2, type: newEvent().type } },
    ]);
  });

  it('says which projection stopped, and at which event', async () => {
    await append(1);
    const running = start([failsAt('ill', 0)]);
    expect(await running.projector.settled(0)).toBe(true);
    const [event] = await store.readAt([0]);
    expect(log.about('a projection is stopped')).toMatchObject([
      { projection: 'ill', position: 0, type: event?.type, stream: event?.stream, err: { message: 'it cannot be applied' } },
    ]);
  });

  it('keeps nothing of an event that fails half way', async () => {
    await append(2);
    const half = recorder('half');
    const running = start([
      {
        ...half,
        apply: (event, db) => {
          half.apply(event, db);
          if (event.position === 1) throw new Error('it cannot be applied');
        },
      },
    ]);
    await running.projector.settled(1);
    expect(rows(running, 'half')).toEqual([0]);
  });

  it('tries a stopped projection again at the next start, from where it stopped', async () => {
    await append(4);
    const ill = start([recorder('well'), failsAt('ill', 2)]);
    await ill.projector.settled(3);
    const still = await startAgain(ill, [recorder('well'), failsAt('ill', 2)]);
    await still.projector.settled(3);
    expect(rows(still, 'ill')).toEqual([0, 1]);
    const mended = await startAgain(still, [recorder('well'), recorder('ill')]);
    expect(await mended.projector.waitFor(3, PATIENCE)).toBe(true);
    expect(rows(mended, 'ill')).toEqual([0, 1, 2, 3]);
    expect(rows(mended, 'well')).toEqual([0, 1, 2, 3]);
  });

  it('does not let the others wait for one that stops again far behind them', async () => {
    await append(2500);
    const ill = start([recorder('well'), failsAt('ill', 1)]);
    await ill.projector.settled(2499);
    let pages = 0;
    const counting = new (class extends AbsentStore {
      override readAll(...parameters: Parameters<EventStore['readAll']>): ReturnType<EventStore['readAll']> {
        pages += 1;
        return super.readAll(...parameters);
      }
    })(store, true);
    await ill.projector.close();
    const projections = [recorder('well'), failsAt('ill', 1)];
    const again = new Projector({ store: counting, readModel: ill.readModel, projections, logger: log });
    open.splice(0, open.length, { readModel: ill.readModel, projector: again });
    again.start();
    await again.waitUntil(() => again.reachedEnd);
    // The page at which it stops, and the end of the log: not what is in between.
    expect(pages).toBe(2);
  });

  it('tells those who wait for its rows at once that they will not come', async () => {
    await append(3);
    const running = start([recorder('well'), failsAt('ill', 2)]);
    expect(await running.projector.waitFor(1, PATIENCE)).toBe(true);
    const began = performance.now();
    expect(await running.projector.waitFor(2, { timeoutMs: 60_000 })).toBe(false);
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(running.projector.position).toBe(1);
  });

  it('lets nobody wait for rows that mutations do not show', async () => {
    await append(3);
    const running = start([recorder('shown'), failsAt('hidden', 0, { readBack: false })]);
    expect(await running.projector.waitFor(2, PATIENCE)).toBe(true);
    expect(running.projector.position).toBe(2);
  });

  it('tries again while the disk is full, and goes on where it was', async () => {
    await append(3);
    let full = 3;
    const running = start([
      recorder('before'),
      first(recorder('full'), ({ position }) => {
        if (position === 1 && full-- > 0) throw diskFull();
      }),
    ]);
    expect(await running.projector.waitFor(2, PATIENCE)).toBe(true);
    expect(rows(running, 'full')).toEqual([0, 1, 2]);
    expect(rows(running, 'before')).toEqual([0, 1, 2]);
    expect(log.about('cannot be written just now')).toHaveLength(3);
  });

  it('rides out a disk that SQLite itself finds full', async () => {
    await append(200);
    const running = start([recorder('well')]);
    await running.projector.waitFor(199, PATIENCE);
    const { pages } = running.readModel.get<{ pages: number }>('SELECT page_count AS pages FROM pragma_page_count()') ?? { pages: 0 };
    running.readModel.get(`PRAGMA max_page_count = ${pages}`);
    await append(2000);
    await running.projector.waitFor(2199, { timeoutMs: 500 });
    expect(log.about('cannot be written just now')[0]).toMatchObject({ err: { errcode: 13 } });
    running.readModel.get('PRAGMA max_page_count = 1000000');
    expect(await running.projector.waitFor(2199, PATIENCE)).toBe(true);
    expect(rows(running, 'well')).toEqual(Array.from({ length: 2200 }, (_, position) => position));
  });

  it('says that a position was not reached in time', async () => {
    const running = start([recorder('one')]);
    expect(await running.projector.waitFor(5, { timeoutMs: 1 })).toBe(false);
  });
});
