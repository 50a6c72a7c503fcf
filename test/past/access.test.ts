import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { FOREIGNER } from '../access/principals.js';
import { ApiNode } from '../support/nodes.js';

type Ids = Readonly<Record<string, { readonly id: string }>>;

describe('a right is judged by the present, whatever the moment', () => {
  let store: EventStore;
  let node: ApiNode;
  let templateId: string;
  let whilePublic: string;
  let appId: string;

  const make = async (name: string, input: object, what: string): Promise<string> =>
    ((await node.mutate(name, input, `${what} { id }`)) as Ids)[what]?.id ?? '';
  const asForeigner = async (source: string, variables: Record<string, unknown>): Promise<unknown> =>
    (await node.askAs(FOREIGNER, source, variables)).data;
  const TEMPLATE = 'query ($id: ID!, $asOf: AsOfInput) { template(id: $id, asOf: $asOf) { name visibility } }';

  beforeAll(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    node = await ApiNode.open(store);
    appId = await make('createApp', { name: 'source' }, 'app');
    await node.mutate('addComponent', { appId, component: { key: 'web', image: 'web:1' } });
    templateId = await make('publishTemplate', { appId, name: 'shop', version: '1.0', visibility: 'PUBLIC' }, 'template');
    whilePublic = ((await node.ask('{ position }', {})) as { position: string }).position;
  });
  afterAll(async () => {
    await node.close();
    await store.close();
  });

  it('a template that was public and is no longer is hidden at every moment', async () => {
    const then = { id: templateId, asOf: { position: whilePublic } };
    expect(await asForeigner(TEMPLATE, then)).toEqual({ template: { name: 'shop', visibility: 'PUBLIC' } });
    await node.mutate('changeTemplateVisibility', { templateId, visibility: 'TEAM' });
    expect(await asForeigner(TEMPLATE, then)).toEqual({ template: null });
    expect(await asForeigner(TEMPLATE, { id: templateId })).toEqual({ template: null });
    // Its team sees it as it was.
    expect(await node.ask(TEMPLATE, then)).toEqual({ template: { name: 'shop', visibility: 'PUBLIC' } });
  });

  it('an app of another team is as one that never was', async () => {
    const query = 'query ($id: ID!, $asOf: AsOfInput) { app(id: $id, asOf: $asOf) { name } }';
    expect(await asForeigner(query, { id: appId, asOf: { position: whilePublic } })).toEqual({ app: null });
  });
});
