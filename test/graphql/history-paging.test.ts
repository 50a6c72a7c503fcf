import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore, type RecordedEvent } from '../../src/store/event-store.js';
import { ApiNode } from '../support/nodes.js';

const PAGE = `query ($filter: HistoryFilter, $after: String) { history(first: 3, filter: $filter, after: $after) {
  edges { node { id } } pageInfo { hasNextPage endCursor } } }`;

/** For so many pages, something is written after each. */
const WRITING = 4;

interface Page {
  readonly edges: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

describe('paging through history while events are appended', () => {
  let store: EventStore;
  let node: ApiNode;
  let appId: string;
  let templateId: string;
  let middle: string;
  let written = 0;

  const log = (): Promise<readonly RecordedEvent[]> => store.readAll({ after: BEFORE_FIRST, limit: 10_000 });
  /** Events of every kind that is filtered by: of the app, of the template, by two actors. */
  async function write(): Promise<void> {
    written += 1;
    const actor = written % 2 === 0 ? 'alice' : 'bob';
    const component = { key: `part-${written}`, image: 'part:1' };
    await node.mutate('addComponent', { appId, component }, 'component { id }', actor);
    await node.mutate('createApp', { name: `other ${written}` }, 'app { id }', actor);
    if (written % 2 === 1) await node.mutate('publishTemplate', { appId, templateId, version: `1.${written}` }, 'release { id }', actor);
  }
  async function caughtUp(): Promise<void> {
    const events = await log();
    const counted = async (): Promise<unknown> => (await node.ask('{ history { totalCount } }', {}))['history'];
    await vi.waitFor(async () => expect(await counted()).toEqual({ totalCount: events.length }), { timeout: 10_000 });
  }

  beforeAll(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    node = await ApiNode.open(store);
    appId = ((await node.mutate('createApp', { name: 'shop' }, 'app { id }'))['app'] as { id: string }).id;
    await node.mutate('addComponent', { appId, component: { key: 'web', image: 'web:1' } }, 'component { id }');
    const published = await node.mutate('publishTemplate', { appId, name: 'shop', version: '1.0' }, 'template { id }');
    templateId = (published['template'] as { id: string }).id;
    for (let n = 0; n < 4; n += 1) await write();
    const events = await log();
    middle = events[Math.floor(events.length / 2)]?.recordedAt ?? '';
    for (let n = 0; n < 4; n += 1) await write();
  }, 60_000);
  afterAll(async () => {
    await node.close();
    await store.close();
  });

  const ofApp = ({ data }: RecordedEvent): boolean => [data['appId'], data['sourceAppId']].includes(appId);
  const ofTemplate = ({ data }: RecordedEvent): boolean => data['templateId'] === templateId;
  const after = ({ recordedAt }: RecordedEvent): boolean => recordedAt >= middle;
  // The last of them is about both the app and the template.
  const types = ['ComponentAdded', 'TemplatePublished', 'ReleaseStarted'];
  const typed = ({ type }: RecordedEvent): boolean => types.includes(type);
  const byBob = ({ metadata }: RecordedEvent): boolean => metadata.actor.id === 'bob';

  it.each<[string, () => object, (event: RecordedEvent) => boolean]>([
    ['no filter', () => ({}), () => true],
    ['appId', () => ({ appId }), ofApp],
    ['templateId', () => ({ templateId }), ofTemplate],
    ['types', () => ({ types }), typed],
    ['actorId', () => ({ actorId: 'bob' }), byBob],
    ['from', () => ({ from: middle }), after],
    ['to', () => ({ to: middle }), (event) => !after(event)],
    [
      'all of them',
      () => ({ appId, templateId, types, actorId: 'bob', from: middle, to: '2999-01-01' }),
      allOf(ofApp, ofTemplate, typed, byBob, after),
    ],
  ])('gives each event once and in order, and in the end all: %s', async (_what, filter, passes) => {
    const listed: string[] = [];
    for (let cursor: string | null = null, pages = 0, more = true; more; pages += 1) {
      if (pages === WRITING) await caughtUp();
      const { history } = (await node.ask(PAGE, { filter: filter(), after: cursor })) as { history: Page };
      listed.push(...history.edges.map(({ node: { id } }) => id));
      cursor = history.pageInfo.endCursor ?? cursor;
      more = history.pageInfo.hasNextPage || pages < WRITING;
      if (pages < WRITING) await write();
    }
    expect(listed).toEqual((await log()).filter(passes).map(({ eventId }) => eventId));
    expect(listed).not.toEqual([]);
  });
});

function allOf(...conditions: ((event: RecordedEvent) => boolean)[]): (event: RecordedEvent) => boolean {
  return (event) => conditions.every((condition) => condition(event));
}
