import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { ApiNode, factsOf } from '../support/nodes.js';
import { app, component } from './cases.js';

describe('edits of one app at once', () => {
  let store: EventStore;
  let nodes: [ApiNode, ApiNode];
  let appId: string;
  beforeEach(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    nodes = await Promise.all([ApiNode.open(store), ApiNode.open(store)]);
    appId = await app(nodes[0], 'shop');
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await store.close();
  });

  it('all succeed, on two nodes, where they name no revision', async () => {
    const writers = 24;
    await Promise.all(Array.from({ length: writers }, (_, n) => component(nodes[n % 2 ? 0 : 1], appId, `c${n}`)));
    const { state, revision } = await nodes[0].backend.services.aggregates.app(appId as never);
    expect(revision).toBe(writers);
    expect(new Set([...state.components.values()].map(({ key }) => key)).size).toBe(writers);
  });

  it('all succeed on one node, however many, each at its first attempt', async () => {
    let pauses = 0;
    const { runtime } = nodes[0].backend.services;
    const one = await ApiNode.open(store, { runtime: { ...runtime, random: () => (pauses++, 1) } });
    const writers = 100;
    await Promise.all(Array.from({ length: writers }, (_, n) => component(one, appId, `c${n}`)));
    expect((await one.backend.services.aggregates.app(appId as never)).revision).toBe(writers);
    expect(pauses).toBe(0);
    await one.close();
  });

  it('succeed once where they name the revision; the others are told at once what it is, and are not tried again', async () => {
    let reads = 0;
    const { runtime } = nodes[0].backend.services;
    const counting = await ApiNode.open(store, { runtime: { ...runtime, random: () => (reads++, 1) } });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) => counting.mutate('addComponent', { appId, component: { key: `c${n}` }, expectedRevision: 0 })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'REVISION_CONFLICT', details: { expected: 0, actual: 1 } });
    }
    expect(reads).toBe(0);
    expect(await factsOf(store)).toHaveLength(2);
    await counting.close();
  });

  it('are given up after ten attempts, as a conflict', async () => {
    const [node, other] = nodes;
    let attempts = 0;
    node.trouble.before = async (stream) => {
      if (!stream.startsWith('app-')) return;
      attempts += 1;
      await other.mutate('updateApp', { appId, name: `name ${attempts}` });
    };
    await expect(node.mutate('updateApp', { appId, name: 'mine' })).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
    expect(attempts).toBe(10);
  });
});
