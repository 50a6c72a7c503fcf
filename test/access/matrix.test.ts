import { getNamedType, isObjectType, subscribe, parse, type ExecutionResult, type GraphQLField } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL, may, type Permission, type Principal } from '../../src/domain/access/principal.js';
import { permissionOf } from '../../src/graphql/allow.js';
import { RequestContext } from '../../src/graphql/context.js';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { ApiNode } from '../support/nodes.js';
import { OBJECT_RULES } from './object-rules.js';
import { FOREIGNER, having, OTHERS, OWN_ROLES, OWNERS } from './principals.js';
import { selectAll } from './select.js';
import { makeWorld, MARK, SECRET, type World } from './world.js';

type Variables = Readonly<Record<string, unknown>>;

interface RootRule {
  readonly permission: Permission;
  /** Questions about what is the owners' alone. */
  readonly hidden?: (world: World) => readonly Variables[];
  /** Questions that the others may ask, whose answers are not to lead any further. */
  readonly shared?: (world: World) => readonly Variables[];
}

const plans = ({ ofForeign, ofClosed }: World): Variables[] => [
  { appId: ofForeign.app, toVersion: '1.1' },
  { appId: ofClosed.app, toVersion: '1.1', installationId: ofClosed.installation },
];

/** The past, read through the same rules. */
const NOW = { time: '2999-01-01T00:00:00.000Z' };
const BEFORE = { time: '2000-01-01T00:00:00.000Z' };

/** Every query and subscription. One that is not here fails the test. */
const ROOTS: Readonly<Record<string, RootRule>> = {
  app: {
    permission: 'READ',
    hidden: ({ source, ofClosed, ofOpen, ofForeign }) =>
      [source, ofClosed.app, ofOpen.app, ofForeign.app].flatMap((id) => [{ id }, { id, asOf: NOW }]),
    shared: ({ foreignSource, foreignInstall }) => [foreignSource, foreignInstall.app].flatMap((id) => [{ id }, { id, asOf: NOW }]),
  },
  apps: {
    permission: 'READ',
    hidden: ({ closed }) => [{ team: OWNERS }, { search: MARK }, { templateId: closed }],
    shared: ({ open, foreign }) => [{}, { templateId: open }, { templateId: foreign, version: '1.0' }],
  },
  blame: {
    permission: 'READ',
    hidden: ({ source, ofOpen }) => [
      { appId: source, componentKey: `${MARK}-web`, path: '/image' },
      { appId: ofOpen.app, componentKey: 'web', path: '/image' },
      { appId: ofOpen.app, componentKey: 'web', path: '/image', asOf: NOW },
    ],
    shared: ({ foreignInstall }) => [{ appId: foreignInstall.app, componentKey: 'web', path: '/image' }],
  },
  changesBetween: {
    permission: 'READ',
    hidden: ({ source, ofOpen }) => [source, ofOpen.app].map((appId) => ({ appId, from: BEFORE, to: NOW })),
    shared: ({ foreignInstall, foreignSource }) => [foreignInstall.app, foreignSource].map((appId) => ({ appId, from: BEFORE })),
  },
  checkpoint: { permission: 'AUDIT', shared: () => [{}] },
  compareVersions: {
    permission: 'READ',
    hidden: ({ closed }) => [{ templateId: closed, from: '1.0', to: '1.1' }],
    shared: ({ open, foreign }) => [open, foreign].map((templateId) => ({ templateId, from: '1.0', to: '1.1' })),
  },
  desiredState: {
    permission: 'READ',
    hidden: ({ source, ofOpen }) => [{ appId: source }, { appId: ofOpen.app }, { appId: source, asOf: NOW }],
    shared: ({ foreignInstall }) => [{ appId: foreignInstall.app }],
  },
  history: {
    permission: 'READ',
    hidden: ({ source, closed }) => [{ filter: { appId: source } }, { filter: { templateId: closed } }],
    shared: ({ open, foreign }) => [{ first: 100 }, { filter: { templateId: open } }, { filter: { templateId: foreign } }],
  },
  node: {
    permission: 'READ',
    hidden: ({ hidden }) => hidden.map((id) => ({ id })),
    shared: ({ open, foreign, foreignSource, foreignInstall: { app, installation } }) =>
      [open, foreign, foreignSource, app, installation].map((id) => ({ id })),
  },
  me: { permission: 'READ', shared: () => [{}] },
  position: { permission: 'READ', shared: () => [{}] },
  publishPreview: {
    permission: 'DEVELOP',
    hidden: ({ source, closed }) => [{ appId: source, templateId: closed }, { appId: source }],
    shared: ({ foreignSource, foreign }) => [{ appId: foreignSource, templateId: foreign }],
  },
  rehearsal: { permission: 'READ', hidden: ({ rehearsal }) => [{ id: rehearsal }] },
  rehearsePublish: {
    permission: 'DEVELOP',
    hidden: ({ source, closed }) => [{ appId: source, templateId: closed }],
    shared: ({ foreignSource, foreign }) => [{ appId: foreignSource, templateId: foreign }],
  },
  replayUpgrade: {
    permission: 'READ',
    hidden: ({ upgrade }) => [{ upgradeId: upgrade }],
    shared: ({ foreignUpgrade }) => [{ upgradeId: foreignUpgrade }],
  },
  rollbackPlan: { permission: 'READ', hidden: ({ ofClosed, upgrade }) => [{ appId: ofClosed.app, upgradeId: upgrade }] },
  template: {
    permission: 'READ',
    hidden: ({ closed }) => [{ id: closed }, { id: closed, asOf: NOW }],
    shared: ({ open, foreign }) => [open, foreign].flatMap((id) => [{ id }, { id, asOf: NOW }]),
  },
  templates: { permission: 'READ', hidden: () => [{ search: MARK }], shared: () => [{}, { team: OWNERS }] },
  tokens: { permission: 'ADMINISTER', hidden: () => [{}], shared: () => [{}] },
  upgradePath: {
    permission: 'READ',
    hidden: ({ ofForeign: { app } }) => [{}, { asOf: NOW }].map((asOf) => ({ appId: app, toVersion: '1.1', ...asOf })),
  },
  webhook: {
    permission: 'ADMINISTER',
    hidden: ({ webhook }) => [{ id: webhook }],
    shared: ({ foreignWebhook }) => [{ id: foreignWebhook }],
  },
  webhooks: { permission: 'ADMINISTER', hidden: () => [{}], shared: () => [{}] },
  upgradeProof: { permission: 'AUDIT', hidden: ({ upgrade }) => [{ upgradeId: upgrade }] },
  upgradePlan: { permission: 'READ', hidden: (world) => plans(world).slice(0, 1) },
  events: { permission: 'READ', hidden: ({ source }) => [{ from: 'BEGINNING', appId: source }], shared: () => [{ from: 'BEGINNING' }] },
  upgradeEvents: {
    permission: 'READ',
    hidden: ({ ofOpen }) => [{ from: 'BEGINNING', appId: ofOpen.app }],
    shared: ({ open }) => [{ from: 'BEGINNING', templateId: open }],
  },
  // Over all teams, so neither the owners' auditor nor the others: test/graphql/verify-history.test.ts.
  verifyHistory: { permission: 'AUDIT' },
  rehearsalProgress: { permission: 'READ', hidden: ({ rehearsal }) => [{ id: rehearsal }] },
};

/** How many nodes deep the answers are followed. */
const DEPTH = 2;
const NOBODY = '00000000-0000-4000-8000-000000000000';

const schema = await buildRegraftSchema();
const queries = schema.getQueryType()?.getFields() ?? {};
const subscriptions = schema.getSubscriptionType()?.getFields() ?? {};
const roots = Object.entries({ ...queries, ...subscriptions });
const seen = new Set<string>();
const documents = new Map(roots.map(([name, field]) => [name, (given: Variables) => documentOf(field, given)]));
const selections = new Map(roots.map(([name, { type }]) => [name, selectAll(schema, getNamedType(type), DEPTH, seen)]));

function documentOf({ name, args }: GraphQLField<unknown, unknown>, given: Variables): string {
  const used = args.filter((arg) => arg.name in given);
  const declared = used.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = used.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const operation = name in subscriptions ? 'subscription' : 'query';
  const selection = selections.get(name) ?? '';
  return `${operation} ${declared && `(${declared})`} { ${name} ${passed && `(${passed})`} ${selection} }`;
}

describe('the rules', () => {
  it('are of every query and subscription', () => {
    expect(roots.map(([name]) => name).filter((name) => !ROOTS[name])).toEqual([]);
    expect(Object.keys(ROOTS).filter((name) => !documents.has(name))).toEqual([]);
    for (const [name, field] of roots) expect([name, permissionOf(field)]).toEqual([name, ROOTS[name]?.permission]);
  });

  const own = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
  const operations = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].map((type) => type?.name));
  const fields = own.flatMap((type) =>
    isObjectType(type) && !operations.has(type.name) ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : [],
  );

  it('are of every field of every object', () => {
    const ruled = Object.entries(OBJECT_RULES).flatMap(([type, [, names]]) => names.split(' ').map((name) => `${type}.${name}`));
    expect(fields.filter((field) => !ruled.includes(field))).toEqual([]);
    expect(ruled.filter((field) => !fields.includes(field))).toEqual([]);
  });

  it('are walked: every field but those of answers of mutations is asked for', () => {
    const ofCommands = fields.filter((field) => ['command'].includes(OBJECT_RULES[field.split('.')[0] ?? '']?.[0] ?? ''));
    const imports = ['ImportWarning'];
    expect(
      fields.filter((field) => !seen.has(field) && !ofCommands.includes(field) && !imports.includes(field.split('.')[0] ?? '')),
    ).toEqual([]);
  });
});

describe('what is read', () => {
  let store: EventStore;
  let node: ApiNode;
  let world: World;

  beforeAll(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    node = await ApiNode.open(store);
    world = await makeWorld(node);
  }, 60_000);
  afterAll(async () => {
    await node.close();
    await store.close();
  });

  /** An answer; of a subscription all messages until it is caught up, or ends. */
  async function ask(name: string, principal: Principal, given: Variables): Promise<ExecutionResult | ExecutionResult[]> {
    const source = documents.get(name)?.(given) ?? '';
    if (name in queries) return node.askAs(principal, source, given);
    const contextValue = new RequestContext(node.backend, { actor: principal.actor, correlationId: 'test' }, principal);
    const stream = await subscribe({ schema, document: parse(source), variableValues: given, contextValue });
    if (!(Symbol.asyncIterator in stream)) return stream;
    const messages: ExecutionResult[] = [];
    for await (const message of stream) {
      messages.push(message);
      if (Object.values(message.data ?? {}).some((root) => (root as Variables)['EventMessage_caughtUp'] === true)) break;
    }
    return messages;
  }

  const errorsOf = (answer: ExecutionResult | ExecutionResult[]): unknown[] =>
    [answer].flat().flatMap(({ errors }) => (errors ?? []).map(({ originalError, message }) => originalError ?? message));

  /** The answer as text with its errors and their details, but for what the question said. */
  function textOf(answer: ExecutionResult | ExecutionResult[], given: Variables): string {
    const told = JSON.stringify([answer, errorsOf(answer).map((error) => ({ ...(error as object), message: String(error) }))]);
    return strings(given).reduce((text, value) => text.replaceAll(value, '…'), told);
  }

  describe.each(Object.entries(ROOTS))('%s', (name, { permission, hidden = () => [], shared = () => [] }) => {
    it.each(OWN_ROLES)('by %s of the team: answered where the role has the permission, else FORBIDDEN', async (_role, principal) => {
      for (const given of hidden(world)) {
        const answer = await ask(name, principal, given);
        if (may(principal, permission, OWNERS)) expect(errorsOf(answer)).toEqual([]);
        else expect(errorsOf(answer)).toMatchObject([{ code: 'FORBIDDEN' }]);
        expect(JSON.stringify(answer)).not.toContain(SECRET);
      }
    });

    it('by who may all in another team: as if it were not there', async () => {
      for (const given of hidden(world)) {
        const answer = await ask(name, FOREIGNER, given);
        const nobody = JSON.parse(world.hidden.reduce((text, id) => text.replaceAll(id, NOBODY), JSON.stringify(given))) as Variables;
        expect(textOf(answer, given)).toBe(textOf(await ask(name, FOREIGNER, nobody), nobody));
        expectNothingHidden(textOf(answer, given));
      }
    });

    it('by who may all in another team: nothing of what they may read leads to what they may not', async () => {
      for (const given of shared(world)) {
        const answer = await ask(name, FOREIGNER, given);
        expect(errorsOf(answer)).toEqual([]);
        expectNothingHidden(textOf(answer, given));
      }
    });
  });

  it('the markers are seen by who may see them: the test can fail', async () => {
    for (const name of ['apps', 'templates', 'history']) {
      expect(JSON.stringify(await ask(name, having('VIEWER', OWNERS), { first: 100 }))).toContain(MARK);
    }
    for (const given of ROOTS['node']?.hidden?.(world) ?? [])
      expect(JSON.stringify(await ask('node', LOCAL, given))).not.toContain('"node":null');
  });

  function expectNothingHidden(text: string): void {
    expect(text).not.toContain(MARK);
    for (const id of world.hidden) expect(text).not.toContain(id);
  }

  const count = async (principal: Principal, source: string, variables: Variables = {}): Promise<unknown> =>
    (await node.askAs(principal, source, { ...variables })).data;

  it('counts are of what is shown; installs are counted as a whole for the team of the template alone', async () => {
    expect(
      await count(FOREIGNER, '{ apps { totalCount edges { node { name } } } templates { totalCount edges { node { name } } } }'),
    ).toEqual({
      apps: { totalCount: 2, edges: [{ node: { name: 'install' } }, { node: { name: 'source' } }] },
      templates: { totalCount: 2, edges: [{ node: { name: 'foreign' } }, { node: { name: 'open' } }] },
    });
    const installs = 'query ($id: ID!) { template(id: $id) { installations { totalCount edges { node { app { name } } } } } }';
    expect(await count(FOREIGNER, installs, { id: world.foreign })).toEqual({ template: { installations: { totalCount: 1, edges: [] } } });
    expect(await count(FOREIGNER, installs, { id: world.open })).toEqual({
      template: { installations: { totalCount: 1, edges: [{ node: { app: { name: 'install' } } }] } },
    });
    expect(await count(having('VIEWER', OWNERS), installs, { id: world.open })).toMatchObject({
      template: { installations: { totalCount: 2 } },
    });
  });

  it('a rehearsal counts the installs of others, and names none of them', async () => {
    const source = `query ($a: ID!, $t: ID!) { rehearsePublish(appId: $a, templateId: $t) {
      total summary { clean } installs { totalCount edges { node { appId } } } } }`;
    expect(await count(FOREIGNER, source, { a: world.foreignSource, t: world.foreign })).toEqual({
      rehearsePublish: { total: 1, summary: { clean: 1 }, installs: { totalCount: 1, edges: [] } },
    });
  });

  it('release records are for the team of the template', async () => {
    const source = 'query ($id: ID!) { template(id: $id) { releaseRecords { totalCount edges { node { id } } } versions { totalCount } } }';
    expect(await count(FOREIGNER, source, { id: world.open })).toEqual({
      template: { releaseRecords: { totalCount: 0, edges: [] }, versions: { totalCount: 2 } },
    });
    expect(await count(having('VIEWER', OWNERS), source, { id: world.open })).toMatchObject({
      template: { releaseRecords: { totalCount: 2 } },
    });
  });

  const readers: readonly (readonly [string, Principal])[] = [
    ['everybody', LOCAL],
    ['a viewer of all', { actor: LOCAL.actor, grants: [{ role: 'VIEWER', teams: 'ALL' }] }],
    ['a viewer of the owners', having('VIEWER', OWNERS)],
    ['an admin of the others', FOREIGNER],
    ['a viewer of both', having('VIEWER', OWNERS, OTHERS)],
    ['a viewer of a team that has nothing', having('VIEWER', 'empty')],
  ];

  const types = ['AppCreated', 'TemplatePublished', 'UpgradeStarted'];
  const filtered = readers.flatMap(([who, principal]) => [
    [who, 'all types', principal, {}] as const,
    [who, 'some types', principal, { types }] as const,
  ]);

  it.each(filtered)(
    'history and subscriptions show %s the same events of %s, and history counts them',
    async (_who, _what, principal, filter) => {
      const listed: string[] = [];
      let total: unknown;
      for (let after: string | null = null; ;) {
        const source = `query ($filter: HistoryFilter, $after: String) {
        history(filter: $filter, first: 7, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }`;
        const { history } = (await count(principal, source, { filter, after })) as { history: HistoryPage };
        listed.push(...history.edges.map((edge) => edge.node.id));
        total = history.totalCount;
        if (!history.pageInfo.hasNextPage) break;
        after = history.pageInfo.endCursor;
      }
      const messages = [await ask('events', principal, { from: 'BEGINNING', ...filter })].flat();
      const told = messages.flatMap(({ data }) => {
        const { EventMessage_event: event } = data?.['events'] as { EventMessage_event: { Event_id: string } | null };
        return event ? [event.Event_id] : [];
      });
      expect(told).toEqual(listed);
      expect(total).toBe(listed.length);
    },
  );
});

interface HistoryPage {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  readonly edges: readonly { readonly node: { readonly id: string } }[];
}

/** The texts in the variables of a question, which its answer may repeat. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 3 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}
