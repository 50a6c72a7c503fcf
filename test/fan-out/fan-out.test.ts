import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { isWanted, type EventFilter } from '../../src/fan-out/event-filter.js';
import { FanOut } from '../../src/fan-out/fan-out.js';
import { historyReader } from '../../src/fan-out/history-reader.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore, type NewEvent } from '../../src/store/event-store.js';
import { newEvent } from '../store/contract.js';
import { AbsentStore } from '../support/absent-store.js';
import { openTestBackend } from '../support/backend.js';
import { Follower } from './followed.js';

const APPS = ['a', 'b', 'c'];
const TYPES = ['Made', 'Changed', 'Gone'];

/** A log that can be taken away, with the fan-out over it that keeps few events and reads small pages, so that every way of reading is taken. */
class Scene {
  readonly #followers: Follower[] = [];
  #streams = 0;

  private constructor(
    readonly log: EventStore,
    readonly absent: AbsentStore,
    readonly backend: RunningBackend,
    readonly fanOut: FanOut,
  ) {}

  static async open(): Promise<Scene> {
    const log = openEmbeddedStore({ path: ':memory:' });
    const absent = new AbsentStore(log);
    const backend = await openTestBackend({ store: absent });
    const { store, readModels } = backend;
    const options = { store, readHistory: historyReader(store, readModels, 3), limits: { events: 4, characters: 1_000 }, beatMs: 5 };
    return new Scene(log, absent, backend, new FanOut(options));
  }

  async append(...events: NewEvent[]): Promise<void> {
    this.#streams += 1;
    await this.log.append(`tested-${this.#streams}`, 'no_stream', events);
  }

  follow(filter: EventFilter, after: number): Follower {
    const follower = new Follower(this.fanOut, filter, after);
    this.#followers.push(follower);
    return follower;
  }

  async close(): Promise<void> {
    this.absent.bringBack();
    for (const follower of this.#followers) follower.resume();
    await this.fanOut.close();
    await Promise.all(this.#followers.map((follower) => follower.over()));
    await this.backend.close();
  }
}

const event = fc
  .record({ appId: fc.constantFrom(...APPS), templateId: fc.constantFrom('t', 'u'), type: fc.constantFrom(...TYPES) })
  .map(({ type, ...data }) => newEvent(data, type));
const filter: fc.Arbitrary<EventFilter> = fc.record(
  {
    appId: fc.constantFrom(...APPS),
    templateId: fc.constantFrom('t', 'u'),
    types: fc.uniqueArray(fc.constantFrom(...TYPES)),
    visibleTo: fc.constant(({ data }: { data: NewEvent['data'] }) => Promise.resolve(data['appId'] !== 'b')),
  },
  { requiredKeys: [] },
);
const which = fc.nat(5);
type Step =
  | { readonly do: 'append'; readonly events: readonly NewEvent[] }
  | { readonly do: 'follow'; readonly filter: EventFilter; readonly from: number }
  | { readonly do: 'pause' | 'resume' | 'restart'; readonly which: number }
  | { readonly do: 'take away' | 'bring back' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append'), events: fc.array(event, { minLength: 1, maxLength: 7 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('follow'), filter, from: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  fc.record({ do: fc.constantFrom('pause', 'resume', 'restart'), which }),
  fc.record({ do: fc.constantFrom('take away', 'bring back') }),
);

async function play(scene: Scene, steps: readonly Step[]): Promise<void> {
  const followers: { follower: Follower; filter: EventFilter }[] = [];
  const head = (): Promise<number> => scene.log.head();
  for (const taken of steps) {
    if (taken.do === 'append') await scene.append(...taken.events);
    else if (taken.do === 'follow') {
      const after = Math.floor(taken.from * ((await head()) + 1)) - 1;
      followers.push({ follower: scene.follow(taken.filter, after), filter: taken.filter });
    } else if (taken.do === 'take away') scene.absent.takeAway();
    else if (taken.do === 'bring back') scene.absent.bringBack();
    else if ('which' in taken) await followers[taken.which % (followers.length || 1)]?.follower[taken.do]();
  }
  scene.absent.bringBack();
  const end = await head();
  const all = await scene.log.readAll({ after: BEFORE_FIRST, limit: 10_000 });
  for (const { follower, filter: wanted } of followers) {
    follower.resume();
    await vi.waitUntil(() => follower.deliveries.some(({ position, caughtUp }) => caughtUp && position >= end), {
      timeout: 20_000,
      interval: 1,
    });
    const expected = all.filter(
      (recorded) =>
        recorded.position > follower.after && isWanted(recorded, wanted) && (!wanted.visibleTo || recorded.data['appId'] !== 'b'),
    );
    expect(follower.events.map(({ position }) => position)).toEqual(expected.map(({ position }) => position));
    expectNothingAfterItsPosition(follower);
  }
}

/** Word that everything up to a position was looked at is never followed by an event before it. */
function expectNothingAfterItsPosition({ deliveries }: Follower): void {
  let told = BEFORE_FIRST;
  for (const { event: given, position } of deliveries) {
    if (given) expect(position).toBeGreaterThan(told);
    expect(position).toBeGreaterThanOrEqual(told);
    told = position;
  }
}

describe('the fan-out of events', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.close());

  const made = (appId: string): NewEvent => newEvent({ appId }, 'Made');

  it('gives every subscriber exactly what its filter lets through of the log, in order, whatever it and the store do', async () => {
    const run = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const own = await Scene.open();
      try {
        await play(own, steps);
      } finally {
        await own.close();
      }
    });
    await fc.assert(run, { numRuns: 100 });
  }, 120_000);

  it('tells a subscriber that it is caught up where the log ended when it came, also when nothing was for it', async () => {
    await scene.append(made('a'), made('a'));
    const follower = scene.follow({ appId: 'b' }, BEFORE_FIRST);
    await vi.waitUntil(() => follower.deliveries.length > 0);
    expect(follower.deliveries[0]).toEqual({ event: undefined, position: 1, caughtUp: true });
  });

  it('gives word again and again to one that waits', async () => {
    const follower = scene.follow({ types: [] }, BEFORE_FIRST);
    await vi.waitUntil(() => follower.deliveries.length > 3);
    expect(follower.events).toEqual([]);
  });

  it('reads the log once for a thousand subscribers that are about live', async () => {
    const reads = vi.spyOn(scene.backend.store, 'readAll');
    const follows = vi.spyOn(scene.backend.store, 'follow');
    const followers = Array.from({ length: 1_000 }, (_, n) => scene.follow({ appId: `app ${n % 50}` }, BEFORE_FIRST));
    await vi.waitUntil(() => followers.every(({ deliveries }) => deliveries.some(({ caughtUp }) => caughtUp)));
    reads.mockClear();
    for (let n = 0; n < 50; n++) await scene.append(made(`app ${n}`));
    await vi.waitUntil(() => followers.every(({ events }) => events.length === 1));
    expect(reads).not.toHaveBeenCalled();
    expect(follows).toHaveBeenCalledTimes(1);
  });

  it('reads of an app only the events of that app, however long the log is', async () => {
    for (let n = 0; n < 40; n++) await scene.append(made('a'));
    await scene.append(made('b'));
    for (let n = 0; n < 40; n++) await scene.append(made('a'));
    const end = await scene.log.head();
    await vi.waitUntil(() => scene.backend.readModels.read((db) => db.checkpoint('history')?.position) === end);
    const reads = vi.spyOn(scene.backend.store, 'readAll');
    const follower = scene.follow({ appId: 'b' }, BEFORE_FIRST);
    await vi.waitUntil(() => follower.deliveries.some(({ caughtUp }) => caughtUp));
    expect(follower.events).toHaveLength(1);
    expect(reads).not.toHaveBeenCalled();
  });

  it('ends every subscription when it is closed, also one that comes afterwards', async () => {
    const follower = scene.follow({}, BEFORE_FIRST);
    await vi.waitUntil(() => follower.deliveries.length > 0);
    await scene.fanOut.close();
    await follower.over();
    await scene.follow({}, BEFORE_FIRST).over();
  });

  it('tells every subscriber what ended the following of the log, and follows it anew for the next', async () => {
    await scene.append(made('a'));
    const broken = new Error('the disk is broken');
    vi.spyOn(scene.backend.store, 'follow').mockImplementationOnce(() => {
      throw broken;
    });
    const first = scene.fanOut.subscribe(BEFORE_FIRST, {}, ({ position }) => position);
    await expect(Array.fromAsync(first)).rejects.toBe(broken);
    const follower = scene.follow({}, BEFORE_FIRST);
    await vi.waitUntil(() => follower.events.length === 1);
  });
});
