import fc from 'fast-check';
import { expect, it } from 'vitest';
import { maskEvent } from '../../src/domain/masked-events.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { ApiNode, factsOf, type Answer } from '../support/nodes.js';
import { COMPOSE } from './cases.js';

/** A command whose target, and where it sends it again, are numbers: taken from what is there by then. */
const command = fc.record({
  kind: fc.constantFrom('createApp', 'updateApp', 'addComponent', 'updateComponent', 'removeComponent', 'importCompose', 'deleteApp'),
  target: fc.nat(20),
  value: fc.nat(2),
  /** After how many further commands it comes again, and again. */
  again: fc.array(fc.nat(6), { maxLength: 3 }),
});
type Step = typeof command extends fc.Arbitrary<infer T> ? T : never;

interface Sent {
  readonly name: string;
  readonly input: object;
  readonly selection: string;
}

/** The log after the commands, each with its own id, ids of things told as the order of their first appearance. */
async function logAfter(steps: readonly Step[], repeat: boolean): Promise<unknown[]> {
  const store = openEmbeddedStore({ path: ':memory:' });
  const nodes = [await ApiNode.open(store), await ApiNode.open(store)] as const;
  const apps: string[] = [];
  const components: { appId: string; componentId: string }[] = [];
  const due = new Map<number, (() => Promise<void>)[]>();
  const send = (place: number, { name, input, selection }: Sent): Promise<Answer> =>
    nodes[place % 2 ? 1 : 0].mutate(name, input, selection);
  for (const [n, step] of steps.entries()) {
    const sent = toMutation(step, `c${n}`, apps, components);
    const answer = sent && (await send(n, sent).catch(() => undefined));
    if (answer) {
      const { app, component } = answer as Record<string, { id: string } | undefined>;
      if (step.kind === 'createApp') apps.push(app?.id ?? '');
      if (step.kind === 'addComponent') components.push({ appId: app?.id ?? '', componentId: component?.id ?? '' });
      for (const [k, later] of repeat ? step.again.entries() : []) {
        const again = async (): Promise<void> => {
          // What it answers with may be gone; a position it always has.
          const repeated = await send(n + k, sent).catch((error: unknown) => (error as { details: Answer }).details);
          expect(repeated['position']).toBe(answer['position']);
        };
        due.set(n + later, [...(due.get(n + later) ?? []), again]);
      }
    }
    await Promise.all((due.get(n) ?? []).map((again) => again()));
  }
  const names = new Map<string, string>();
  const text = JSON.stringify(
    (await factsOf(store)).map(({ type, data, stream, revision }) => ({ type, data: maskEvent(type, data), stream, revision })),
  );
  const log = text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
    const name = names.get(id) ?? `id ${names.size}`;
    names.set(id, name);
    return name;
  });
  await Promise.all(nodes.map((node) => node.close()));
  await store.close();
  return JSON.parse(log) as unknown[];
}

function toMutation(
  { kind, target, value }: Step,
  commandId: string,
  apps: readonly string[],
  components: readonly { appId: string; componentId: string }[],
): Sent | undefined {
  const app = { appId: apps[target % apps.length], commandId };
  const component = { ...components[target % components.length], commandId };
  switch (kind) {
    case 'createApp':
      return { name: kind, input: { name: `app ${value}`, commandId }, selection: 'position app { id }' };
    case 'updateApp':
      return app.appId ? { name: kind, input: { ...app, name: `name ${value}` }, selection: 'position' } : undefined;
    case 'addComponent':
      return app.appId
        ? { name: kind, input: { ...app, component: { key: `key-${value}` } }, selection: 'position app { id } component { id }' }
        : undefined;
    case 'updateComponent':
      return component.appId ? { name: kind, input: { ...component, set: { replicas: value } }, selection: 'position' } : undefined;
    case 'removeComponent':
      return component.appId ? { name: kind, input: component, selection: 'position' } : undefined;
    case 'importCompose':
      return app.appId
        ? { name: kind, input: { ...app, files: [{ content: COMPOSE.replace('web:1', `web:${value}`) }] }, selection: 'position' }
        : undefined;
    case 'deleteApp':
      return app.appId && value === 0 ? { name: kind, input: app, selection: 'position' } : undefined;
  }
}

it('a log is the same with commands repeated at any place as without', { timeout: 120_000 }, async () => {
  let repeated = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 20 }), async (steps) => {
      repeated += steps.reduce((sum, { again }) => sum + again.length, 0);
      expect(await logAfter(steps, true)).toEqual(await logAfter(steps, false));
    }),
    { numRuns: 60 },
  );
  expect(repeated).toBeGreaterThan(60);
});
