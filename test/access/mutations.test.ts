import { GraphQLError } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { may, type Permission, type Principal } from '../../src/domain/access/principal.js';
import { Refusal } from '../../src/domain/errors.js';
import { permissionOf } from '../../src/graphql/allow.js';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { cases, checkBy, type Check } from '../commands/cases.js';
import { ApiNode, factsOf } from '../support/nodes.js';
import { FOREIGNER, having, OTHERS, OWN_ROLES, OWNERS } from './principals.js';

/** What each mutation takes, in the team of what it is about. A mutation that is not here fails the test. */
const RULES: Readonly<Record<string, Permission>> = {
  createApp: 'DEVELOP',
  updateApp: 'DEVELOP',
  deleteApp: 'DEVELOP',
  addComponent: 'DEVELOP',
  updateComponent: 'DEVELOP',
  removeComponent: 'DEVELOP',
  mapComponent: 'DEVELOP',
  importCompose: 'DEVELOP',
  publishTemplate: 'DEVELOP',
  retryRelease: 'DEVELOP',
  cancelRelease: 'DEVELOP',
  deprecateVersion: 'DEVELOP',
  withdrawVersion: 'DEVELOP',
  restoreVersion: 'DEVELOP',
  changeTemplateVisibility: 'DEVELOP',
  installTemplate: 'OPERATE',
  uninstallTemplate: 'OPERATE',
  upgradeApp: 'OPERATE',
  rollbackUpgrade: 'OPERATE',
  releaseHold: 'OPERATE',
  reportComponentUpgrade: 'OPERATE',
  retryUpgrade: 'OPERATE',
  settleUpgrade: 'OPERATE',
  revealSecret: 'ADMINISTER',
  rebuildReadModels: 'ADMINISTER',
  registerWebhook: 'ADMINISTER',
  changeWebhook: 'ADMINISTER',
  rotateWebhookSecret: 'ADMINISTER',
  enableWebhook: 'ADMINISTER',
  disableWebhook: 'ADMINISTER',
  replayWebhook: 'ADMINISTER',
  testWebhook: 'ADMINISTER',
  redeliverWebhook: 'ADMINISTER',
  removeWebhook: 'ADMINISTER',
};

/** They make something new in a team that they name: there is nothing that could be as if it were not there. */
const NEW_IN_TEAM: ReadonlySet<string> = new Set(['createApp', 'registerWebhook']);

const schema = await buildRegraftSchema();
const mutations = schema.getMutationType()?.getFields() ?? {};

describe('the rules of mutations', () => {
  it('are of every mutation of the schema', () => {
    expect(Object.keys(mutations).filter((name) => !RULES[name])).toEqual([]);
    expect(Object.keys(RULES).filter((name) => !mutations[name])).toEqual([]);
  });

  it.each(Object.entries(mutations))('%s says its permission', (name, field) => {
    expect(permissionOf(field)).toBe(RULES[name]);
  });
});

let store: EventStore;
let node: ApiNode;
const check: Check = { failing: false };

beforeEach(async () => {
  check.failing = false;
  store = openEmbeddedStore({ path: ':memory:' });
  node = await ApiNode.open(store, { check: checkBy(check) });
});
afterEach(async () => {
  await node.close();
  await store.close();
});

/** The code that somebody is refused with; undefined where they are not. */
async function refusalOf(mutation: string, input: object, selection: string, principal: Principal): Promise<string | undefined> {
  const type = String(mutations[mutation]?.args[0]?.type);
  const source = `mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} } }`;
  const { errors } = await node.askAs(principal, source, { input });
  const error = errors?.[0]?.originalError;
  if (error && !(error instanceof Refusal)) throw error;
  if (errors?.[0] instanceof GraphQLError && !error) throw errors[0];
  return error?.code;
}

describe.each(Object.entries(cases))('%s', (_name, { mutation, prepare, selection }) => {
  const inTeam = (input: object): object => (NEW_IN_TEAM.has(mutation) ? { ...input, team: OWNERS } : input);

  it.each(OWN_ROLES)('by %s of the team: carried out where the role has the permission, else FORBIDDEN', async (_role, principal) => {
    const input = inTeam((await prepare(node, check)).input);
    const before = (await factsOf(store)).length;
    const code = await refusalOf(mutation, input, selection, principal);
    if (may(principal, RULES[mutation] ?? 'ADMINISTER', OWNERS)) {
      expect(code).toBeUndefined();
    } else {
      expect(code).toBe('FORBIDDEN');
      expect((await factsOf(store)).length).toBe(before);
    }
  });

  it('by who may only read there, but all elsewhere: FORBIDDEN', async () => {
    const { input: given } = await prepare(node, check);
    const input = 'appName' in given ? { ...given, team: OWNERS } : inTeam(given);
    const { actor, grants } = having('VIEWER', OWNERS);
    expect(await refusalOf(mutation, input, selection, { actor, grants: [...grants, ...FOREIGNER.grants] })).toBe('FORBIDDEN');
  });

  it('by who may all in another team: as if it were not there', async () => {
    const input = inTeam((await prepare(node, check)).input);
    const before = (await factsOf(store)).length;
    expect(await refusalOf(mutation, input, selection, FOREIGNER)).toBe(NEW_IN_TEAM.has(mutation) ? 'FORBIDDEN' : 'NOT_FOUND');
    expect((await factsOf(store)).length).toBe(before);
  });

  it('again by who is no longer permitted: the answer of the first time is not told', async () => {
    const input = { ...inTeam((await prepare(node, check)).input), commandId: 'c-1' };
    const admin = having('ADMIN', OWNERS);
    expect(await refusalOf(mutation, input, selection, admin)).toBeUndefined();
    const moved = { actor: admin.actor, grants: FOREIGNER.grants };
    // What it made public is visible to them since.
    const visible = NEW_IN_TEAM.has(mutation) || mutation === 'changeTemplateVisibility';
    expect(await refusalOf(mutation, input, selection, moved)).toBe(visible ? 'FORBIDDEN' : 'NOT_FOUND');
  });
});

describe('across teams', () => {
  const id = async (name: string, input: object, what: string): Promise<string> =>
    ((await node.mutate(name, input, `${what} { id }`)) as Record<string, { id: string }>)[what]?.id ?? '';
  const shop = async (visibility: string): Promise<{ appId: string; templateId: string }> => {
    const appId = await id('createApp', { name: 'shop' }, 'app');
    await node.mutate('addComponent', { appId, component: { key: 'web' } });
    return { appId, templateId: await id('publishTemplate', { appId, name: 'shop', version: '1', visibility }, 'template') };
  };

  it('a PUBLIC template is installed by other teams, into the only team that they have where they name none', async () => {
    const { templateId } = await shop('PUBLIC');
    const source = 'mutation ($input: InstallTemplateInput!) { installTemplate(input: $input) { app { team } } }';
    const { data } = await node.askAs(having('OPERATOR', OTHERS), source, { input: { templateId, appName: 'mine' } });
    expect(data).toEqual({ installTemplate: { app: { team: OTHERS } } });
  });

  it('with several teams, one has to be named', async () => {
    const { templateId } = await shop('PUBLIC');
    const input = { templateId, appName: 'mine' };
    expect(await refusalOf('installTemplate', input, 'position', having('OPERATOR', OTHERS, 'more'))).toBe('BAD_USER_INPUT');
    expect(await refusalOf('installTemplate', { ...input, team: 'more' }, 'position', having('OPERATOR', OTHERS, 'more'))).toBeUndefined();
    expect(await refusalOf('installTemplate', { ...input, team: OWNERS }, 'position', having('OPERATOR', OTHERS, 'more'))).toBe(
      'FORBIDDEN',
    );
  });

  it('who can see a PUBLIC template of another team, and not change it, is told so', async () => {
    const { templateId } = await shop('PUBLIC');
    expect(await refusalOf('withdrawVersion', { templateId, version: '1' }, 'position', FOREIGNER)).toBe('FORBIDDEN');
  });

  it('who has a template installed that becomes TEAM goes on upgrading, and does not install it anew', async () => {
    const { appId: source, templateId } = await shop('PUBLIC');
    const appId = await id('installTemplate', { templateId, appName: 'theirs', team: OTHERS }, 'app');
    await node.mutate('changeTemplateVisibility', { templateId, visibility: 'TEAM' });
    await node.mutate('addComponent', { appId: source, component: { key: 'db' } });
    await node.mutate('publishTemplate', { appId: source, templateId, version: '2' });
    expect(await refusalOf('installTemplate', { templateId, appName: 'more' }, 'position', FOREIGNER)).toBe('NOT_FOUND');
    expect(await refusalOf('upgradeApp', { appId, toVersion: '2' }, 'installation { template { name } }', FOREIGNER)).toBeUndefined();
  });

  it('publishing an app as a version of the template of another team takes DEVELOP in both', async () => {
    const { templateId } = await shop('PUBLIC');
    const appId = await id('createApp', { name: 'other shop', team: OTHERS }, 'app');
    await node.mutate('addComponent', { appId, component: { key: 'web', image: 'other' } });
    const input = { appId, templateId, version: '2' };
    expect(await refusalOf('publishTemplate', input, 'position', having('DEVELOPER', OTHERS))).toBe('FORBIDDEN');
    expect(await refusalOf('publishTemplate', input, 'position', having('DEVELOPER', OWNERS))).toBe('NOT_FOUND');
    expect(await refusalOf('publishTemplate', input, 'position', having('DEVELOPER', OWNERS, OTHERS))).toBeUndefined();
  });

  it('what concerns the server takes ADMINISTER over all teams', async () => {
    const ask = (principal: Principal) => node.askAs(principal, 'mutation { rebuildReadModels { generation } }');
    expect((await ask(having('ADMIN', OWNERS))).errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
    expect((await ask({ actor: FOREIGNER.actor, grants: [{ role: 'ADMIN', teams: 'ALL' }] })).errors).toBeUndefined();
  });
});
