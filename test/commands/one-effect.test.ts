import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getNullableType, isInputObjectType } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import type { EventStore } from '../../src/store/event-store.js';
import { ApiNode, factsOf, unavailable, type Answer } from '../support/nodes.js';
import { cases, checkBy, type Check } from './cases.js';

/** They change the node that is asked, not the log: doing it again while it is under way goes on with it. */
const NO_COMMANDS: ReadonlySet<string> = new Set(['rebuildReadModels']);

describe('the cases', () => {
  it('are of every mutation, and each takes a commandId', async () => {
    const all = Object.values((await buildRegraftSchema()).getMutationType()?.getFields() ?? {});
    const mutations = all.filter(({ name }) => !NO_COMMANDS.has(name));
    expect(mutations.length).toBeGreaterThan(0);
    for (const { name, args } of mutations) {
      const input = args[0] && getNullableType(args[0].type);
      expect(isInputObjectType(input) && input.getFields()['commandId'] !== undefined, name).toBe(true);
    }
    expect(new Set(Object.values(cases).map(({ mutation }) => mutation))).toEqual(new Set(mutations.map(({ name }) => name)));
  });
});

describe.each(Object.entries(cases))(
  '%s with a commandId has one effect and one answer',
  (_name, { mutation, prepare, selection, events, targetAlone = false }) => {
    const check: Check = { failing: false };
    let path: string;
    let store: EventStore;
    let node: ApiNode;
    let input: object;
    let other: object;
    const open = (): Promise<ApiNode> => ApiNode.open(store, { check: checkBy(check) });

    beforeEach(async () => {
      path = mkdtempSync(join(tmpdir(), 'regraft-commands-'));
      store = openEmbeddedStore({ path: join(path, 'log.db') });
      node = await open();
      ({ input, other = {} } = await prepare(node, check));
    });
    afterEach(async () => {
      await node.close();
      await store.close();
      rmSync(path, { recursive: true, force: true });
    });

    const send = (to: ApiNode, commandId = 'c-1', given = input): Promise<Answer> =>
      to.mutate(mutation, { ...given, commandId }, `${selection} position`);
    const effects = async (commandId = 'c-1'): Promise<string[]> =>
      (await factsOf(store)).filter(({ metadata }) => metadata.commandId === commandId).map(({ type }) => type);

    it('twice, one after the other', async () => {
      const first = await send(node);
      const length = (await factsOf(store)).length;
      expect(await send(node)).toEqual(first);
      expect(await effects()).toEqual(events);
      expect((await factsOf(store)).length).toBe(length);
    });

    it('many times at once, on one node', async () => {
      const [first, ...more] = await Promise.all(Array.from({ length: 5 }, () => send(node)));
      for (const answer of more) expect(answer).toEqual(first);
      expect(await effects()).toEqual(events);
    });

    it('many times at once, on two nodes over one store', async () => {
      const second = await open();
      const [first, ...more] = await Promise.all([node, second, node, second].map((to) => send(to)));
      for (const answer of more) expect(answer).toEqual(first);
      expect(await effects()).toEqual(events);
      await second.close();
      expect(await send(node)).toEqual(first);
    });

    it('again after a restart', async () => {
      const first = await send(node);
      await node.close();
      await store.close();
      store = openEmbeddedStore({ path: join(path, 'log.db') });
      node = await open();
      expect(await send(node)).toEqual(first);
      expect(await effects()).toEqual(events);
    });

    it('again after its reply was lost, whichever of its appends that was', async () => {
      let lost = 0;
      for (let outcome: unknown; !outcome && lost < 20;) {
        // Each time the first append of those that are left.
        node.trouble.after = unavailable;
        outcome = await send(node).catch((error: unknown) => {
          expect(error).toBeInstanceOf(StoreUnavailableError);
          lost += 1;
        });
      }
      node.trouble.after = undefined;
      expect(lost).toBeGreaterThan(0);
      const first = await send(node);
      expect(await send(node)).toEqual(first);
      expect(await effects()).toEqual(events);
    });

    it.skipIf(targetAlone)('but with another input it is refused, and changes nothing', async () => {
      await send(node);
      const length = (await factsOf(store)).length;
      await expect(send(node, 'c-1', other)).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED', details: { commandId: 'c-1' } });
      expect((await factsOf(store)).length).toBe(length);
    });

    it.skipIf(targetAlone)('of two inputs at once, one wins and the other is refused', async () => {
      const second = await open();
      const inputs = [input, other];
      const outcomes = await Promise.allSettled(inputs.map((given, n) => send(n === 0 ? node : second, 'c-1', given)));
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const [n, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') expect(await send(second, 'c-1', inputs[n])).toEqual(outcome.value);
        // The other input of a release names one that is not there.
        else expect(outcome.reason).toMatchObject({ code: mutation.endsWith('Release') ? 'NOT_FOUND' : 'COMMAND_ID_REUSED' });
      }
      await second.close();
    });
  },
);
