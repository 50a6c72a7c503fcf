import fc from 'fast-check';
import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { selectAll } from '../access/select.js';
import { ApiNode } from '../support/nodes.js';
import { RandomWorld, steps } from './random-commands.js';

const RUNS = Number(process.env['PAST_RUNS'] ?? 4);
/** How many nodes deep the answers are followed: an app, its installations, their records, and what these lead to. */
const DEPTH = 3;

const schema = await buildRegraftSchema();

/** Everything of an app, or of a template: the schema says what that is, so a field that is new is asked for without a word here. */
function everything(root: 'app' | 'template', typeName: string): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`there is no ${typeName}`);
  return `query ($id: ID!, $asOf: AsOfInput) { ${root}(id: $id, asOf: $asOf) ${selectAll(schema, type, DEPTH, new Set())} }`;
}
const APP = everything('app', 'App');
const TEMPLATE = everything('template', 'Template');

interface Moment {
  readonly position: string;
  readonly answers: readonly string[];
}

describe('the past', () => {
  let store: EventStore;
  let node: ApiNode;
  let number = 0;
  beforeAll(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    node = await ApiNode.open(store);
  });
  afterAll(async () => {
    await node.close();
    await store.close();
  });

  const look = async (world: RandomWorld, ids: readonly string[], asOf?: { position: string }): Promise<string[]> =>
    Promise.all([
      node.ask(TEMPLATE, { id: world.template, asOf }).then((answer) => JSON.stringify(answer)),
      ...ids.map(async (id) => JSON.stringify(await node.ask(APP, { id, asOf }))),
    ]);

  it('answers byte for byte what was answered then, after whatever came since', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (commands) => {
        const world = await RandomWorld.open(node, `shop ${++number}`);
        const moments: Moment[] = [];
        const keep = async (): Promise<void> => {
          const { position } = (await node.ask('{ position }', {})) as { position: string };
          moments.push({ position, answers: await look(world, world.apps) });
        };
        await keep();
        for (const command of commands) if (await world.run(command)) await keep();
        for (const { position, answers } of moments) {
          const now = await look(world, world.apps, { position });
          expect(now.slice(0, answers.length)).toEqual(answers);
          // Apps that came later were not there.
          for (const later of now.slice(answers.length)) expect(later).toBe('{"app":null}');
        }
      }),
      { numRuns: RUNS },
    );
  }, 300_000);
});
