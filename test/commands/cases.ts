import type { DefinitionCheck } from '../../src/commands/release-runner.js';
import { CorruptLogError } from '../../src/store/errors.js';
import type { ApiNode } from '../support/nodes.js';

export const COMPOSE = 'services: { web: { image: "web:1" }, db: { image: "postgres:16" } }';

/** A mutation, with what it needs, and what it is to leave in the log. */
export interface CommandCase {
  readonly mutation: string;
  /** Makes what the command is about; answers with its input and another one that the same command could have. */
  readonly prepare: (node: ApiNode, check: Check) => Promise<{ readonly input: object; readonly other: object }>;
  /** Ids in the answer. */
  readonly selection: string;
  /** The events of the command, contents left out. */
  readonly events: readonly string[];
}

/** Whether the checks of released components fail. */
export interface Check {
  failing: boolean;
}

export function checkBy(check: Check): DefinitionCheck {
  return () => (check.failing ? Promise.reject(new CorruptLogError('it cannot be checked just now')) : Promise.resolve());
}

export interface Shop {
  readonly appId: string;
  readonly templateId: string;
}

type Ids = Readonly<Record<string, { readonly id: string }>>;

export async function app(node: ApiNode, name: string): Promise<string> {
  const { app: created } = (await node.mutate('createApp', { name }, 'app { id }')) as Ids;
  return created?.id ?? '';
}

export async function component(node: ApiNode, appId: string, key: string): Promise<string> {
  const { component: added } = (await node.mutate('addComponent', { appId, component: { key, image: '1' } }, 'component { id }')) as Ids;
  return added?.id ?? '';
}

export async function shop(node: ApiNode, name = 'shop'): Promise<Shop> {
  const appId = await app(node, name);
  await component(node, appId, 'web');
  const { template } = (await node.mutate('publishTemplate', { appId, name, version: '1.0' }, 'template { id }')) as Ids;
  return { appId, templateId: template?.id ?? '' };
}

export async function install(node: ApiNode, templateId: string, appName: string): Promise<string> {
  const { app: installed } = (await node.mutate('installTemplate', { templateId, appName }, 'app { id }')) as Ids;
  return installed?.id ?? '';
}

async function identityOf(node: ApiNode, templateId: string, version: string, key: string): Promise<string> {
  const query =
    'query ($templateId: ID!, $version: String!) { template(id: $templateId) { version(version: $version) { components { key templateComponentId } } } }';
  const { template } = (await node.ask(query, { templateId, version })) as {
    template: { version: { components: { key: string; templateComponentId: string }[] } };
  };
  return template.version.components.find((each) => each.key === key)?.templateComponentId ?? '';
}

/** A template of 1.0, 1.4 and 2.0, which is reached from 1.4 only, and an install of the first. */
export async function stopped(node: ApiNode): Promise<Shop> {
  const { appId: source, templateId } = await shop(node);
  const appId = await install(node, templateId, 'mine');
  await component(node, source, 'db');
  await node.mutate('publishTemplate', { appId: source, templateId, version: '1.4' });
  await component(node, source, 'redis');
  await node.mutate('publishTemplate', { appId: source, templateId, version: '2.0', upgradeFrom: '1.4' });
  return { appId, templateId };
}

/** An install that was upgraded to a version with one component more. */
async function upgraded(node: ApiNode): Promise<{ appId: string; upgradeId: string }> {
  const { appId: source, templateId } = await shop(node);
  const appId = await install(node, templateId, 'mine');
  await component(node, source, 'db');
  await node.mutate('publishTemplate', { appId: source, templateId, version: '1.1' });
  const { upgrade } = (await node.mutate('upgradeApp', { appId, toVersion: '1.1' }, 'upgrade { id }')) as Ids;
  return { appId, upgradeId: upgrade?.id ?? '' };
}

/** A release of version 1.1 that has failed. */
export async function failedRelease(node: ApiNode, check: Check): Promise<{ templateId: string; releaseId: string }> {
  const { appId, templateId } = await shop(node);
  await component(node, appId, 'db');
  check.failing = true;
  const { release } = (await node.mutate('publishTemplate', { appId, templateId, version: '1.1' }, 'release { id }')) as Ids;
  check.failing = false;
  return { templateId, releaseId: release?.id ?? '' };
}

const HOOKS = 'https://127.0.0.1/hooks';

async function webhook(node: ApiNode): Promise<string> {
  const { webhook: registered } = (await node.mutate('registerWebhook', { url: HOOKS }, 'webhook { id }')) as Ids;
  return registered?.id ?? '';
}

/** A variable of an app's own component, with what is bound to it. */
export async function secret(node: ApiNode): Promise<{ appId: string; componentId: string }> {
  const appId = await app(node, 'shop');
  const given = { key: 'db', env: [{ name: 'PASSWORD', value: 'hunter2', secret: true }] };
  const { component: added } = (await node.mutate('addComponent', { appId, component: given }, 'component { id }')) as Ids;
  return { appId, componentId: added?.id ?? '' };
}

/** An upgrade that an integration carries out, of two components. */
export async function runningUpgrade(node: ApiNode): Promise<{ appId: string; upgradeId: string; componentIds: readonly string[] }> {
  const { appId: source, templateId } = await shop(node);
  const appId = await install(node, templateId, 'mine');
  await node.mutate('updateApp', { appId, target: 'EXTERNAL' });
  for (const key of ['db', 'redis']) await component(node, source, key);
  await node.mutate('publishTemplate', { appId: source, templateId, version: '1.1' });
  const { upgrade } = (await node.mutate('upgradeApp', { appId, toVersion: '1.1' }, 'upgrade { id components { componentId } }')) as {
    upgrade: { id: string; components: { componentId: string }[] };
  };
  return { appId, upgradeId: upgrade.id, componentIds: upgrade.components.map(({ componentId }) => componentId) };
}

/** One case at least for each mutation. */
export const cases: Readonly<Record<string, CommandCase>> = {
  createApp: {
    mutation: 'createApp',
    prepare: () => Promise.resolve({ input: { name: 'one' }, other: { name: 'two' } }),
    selection: 'app { id }',
    events: ['AppCreated'],
  },
  updateApp: {
    mutation: 'updateApp',
    prepare: async (node) => {
      const appId = await app(node, 'old');
      return { input: { appId, name: 'new', extra: { networks: { a: {} } } }, other: { appId, name: 'newer' } };
    },
    selection: 'app { id }',
    events: ['AppChanged'],
  },
  deleteApp: {
    mutation: 'deleteApp',
    prepare: async (node) => {
      const appId = await app(node, 'old');
      return { input: { appId }, other: { appId, expectedRevision: 0 } };
    },
    selection: 'id',
    events: ['AppDeleted'],
  },
  addComponent: {
    mutation: 'addComponent',
    prepare: async (node) => {
      const appId = await app(node, 'shop');
      return { input: { appId, component: { key: 'web' } }, other: { appId, component: { key: 'db' } } };
    },
    selection: 'app { id } component { id }',
    events: ['ComponentAdded'],
  },
  updateComponent: {
    mutation: 'updateComponent',
    prepare: async (node) => {
      const appId = await app(node, 'shop');
      const componentId = await component(node, appId, 'web');
      return { input: { appId, componentId, set: { replicas: 2 } }, other: { appId, componentId, set: { replicas: 3 } } };
    },
    selection: 'app { id } component { id }',
    events: ['ComponentChanged'],
  },
  removeComponent: {
    mutation: 'removeComponent',
    prepare: async (node) => {
      const appId = await app(node, 'shop');
      const [componentId, another] = [await component(node, appId, 'web'), await component(node, appId, 'db')];
      return { input: { appId, componentId }, other: { appId, componentId: another } };
    },
    selection: 'app { id }',
    events: ['ComponentRemoved'],
  },
  importCompose: {
    mutation: 'importCompose',
    prepare: async (node) => {
      const appId = await app(node, 'shop');
      await component(node, appId, 'web');
      const input = { appId, files: [{ content: COMPOSE }] };
      return { input, other: { ...input, files: [{ content: COMPOSE.replace('web:1', 'web:2') }] } };
    },
    selection: 'app { id } changes { key change fields { path } } warnings { code }',
    events: ['ComponentChanged', 'ComponentAdded'],
  },
  'publishTemplate, a new one': {
    mutation: 'publishTemplate',
    prepare: async (node) => {
      const appId = await app(node, 'shop');
      await component(node, appId, 'web');
      return { input: { appId, name: 'shop', version: '1.0' }, other: { appId, name: 'another', version: '1.0' } };
    },
    selection: 'template { id } release { id state }',
    events: ['NameReserved', 'TemplateCreated', 'ReleaseStarted'],
  },
  'publishTemplate, a new version': {
    mutation: 'publishTemplate',
    prepare: async (node) => {
      const { appId, templateId } = await shop(node);
      await component(node, appId, 'db');
      return { input: { appId, templateId, version: '1.1' }, other: { appId, templateId, version: '1.2' } };
    },
    selection: 'template { id } release { id state }',
    events: ['ReleaseStarted'],
  },
  retryRelease: {
    mutation: 'retryRelease',
    prepare: async (node, check) => {
      const input = await failedRelease(node, check);
      return { input, other: { ...input, releaseId: 'another' } };
    },
    selection: 'template { id } release { id state }',
    events: ['ReleaseRetried'],
  },
  cancelRelease: {
    mutation: 'cancelRelease',
    prepare: async (node, check) => {
      const input = await failedRelease(node, check);
      return { input, other: { ...input, releaseId: 'another' } };
    },
    selection: 'template { id } release { id state }',
    events: ['ReleaseCancelled'],
  },
  deprecateVersion: {
    mutation: 'deprecateVersion',
    prepare: async (node) => {
      const { templateId } = await shop(node);
      return { input: { templateId, version: '1.0', reason: 'old' }, other: { templateId, version: '1.0' } };
    },
    selection: 'template { id latestVersion { state } }',
    events: ['VersionDeprecated'],
  },
  changeTemplateVisibility: {
    mutation: 'changeTemplateVisibility',
    prepare: async (node) => {
      const { templateId } = await shop(node);
      return { input: { templateId, visibility: 'PUBLIC' }, other: { templateId, visibility: 'TEAM' } };
    },
    selection: 'template { id visibility }',
    events: ['TemplateChanged'],
  },
  withdrawVersion: {
    mutation: 'withdrawVersion',
    prepare: async (node) => {
      const { templateId } = await shop(node);
      return { input: { templateId, version: '1.0', reason: 'broken' }, other: { templateId, version: '1.0' } };
    },
    selection: 'template { id version(version: "1.0") { state } }',
    events: ['VersionWithdrawn'],
  },
  restoreVersion: {
    mutation: 'restoreVersion',
    prepare: async (node) => {
      const { templateId } = await shop(node);
      await node.mutate('withdrawVersion', { templateId, version: '1.0' });
      return { input: { templateId, version: '1.0' }, other: { templateId, version: '1.0', reason: 'mended' } };
    },
    selection: 'template { id latestVersion { state } }',
    events: ['VersionRestored'],
  },
  'installTemplate, into a new app': {
    mutation: 'installTemplate',
    prepare: async (node) => {
      const { templateId } = await shop(node);
      return { input: { templateId, appName: 'mine' }, other: { templateId, appName: 'yours' } };
    },
    selection: 'app { id } installation { id }',
    events: ['AppCreated', 'TemplateInstalled'],
  },
  'installTemplate, into an app that is there': {
    mutation: 'installTemplate',
    prepare: async (node) => {
      const { templateId } = await shop(node);
      const appId = await app(node, 'mine');
      const input = { templateId, appId, keys: [{ from: 'web', to: 'site' }] };
      return { input, other: { ...input, keys: [{ from: 'web', to: 'page' }] } };
    },
    selection: 'app { id } installation { id }',
    events: ['TemplateInstalled'],
  },
  uninstallTemplate: {
    mutation: 'uninstallTemplate',
    prepare: async (node) => {
      const { templateId } = await shop(node);
      const appId = await app(node, 'mine');
      const installed = async (input: object): Promise<string | undefined> =>
        ((await node.mutate('installTemplate', { templateId, appId, ...input }, 'installation { id }')) as Ids)['installation']?.id;
      const installationId = await installed({});
      const another = await installed({ keys: [{ from: 'web', to: 'site' }] });
      return { input: { appId, installationId }, other: { appId, installationId: another } };
    },
    selection: 'app { id }',
    events: ['TemplateUninstalled'],
  },
  upgradeApp: {
    mutation: 'upgradeApp',
    prepare: async (node) => {
      const { appId: source, templateId } = await shop(node);
      const appId = await install(node, templateId, 'mine');
      await component(node, source, 'db');
      await node.mutate('publishTemplate', { appId: source, templateId, version: '1.1' });
      return { input: { appId, toVersion: '1.1' }, other: { appId, toVersion: '1.1', reason: 'another one' } };
    },
    selection: 'app { id } installation { id } upgrade { id state }',
    events: ['UpgradeStarted', 'ComponentUpgraded', 'AppUpgraded'],
  },
  mapComponent: {
    mutation: 'mapComponent',
    prepare: async (node) => {
      const { appId: source, templateId } = await shop(node);
      const appId = await install(node, templateId, 'mine');
      const componentId = await component(node, appId, 'cache');
      const another = await component(node, appId, 'queue');
      await component(node, source, 'cache');
      await node.mutate('publishTemplate', { appId: source, templateId, version: '1.1' });
      const templateComponentId = await identityOf(node, templateId, '1.1', 'cache');
      return { input: { appId, componentId, templateComponentId }, other: { appId, componentId: another, templateComponentId } };
    },
    selection: 'app { id } component { id key }',
    events: ['ComponentMapped'],
  },
  'upgradeApp, along a path': {
    mutation: 'upgradeApp',
    prepare: async (node) => {
      const { appId } = await stopped(node);
      const input = { appId, toVersion: '2.0', alongPath: true };
      return { input, other: { ...input, reason: 'another one' } };
    },
    selection: 'app { id } installation { id currentVersion } upgrade { id state } upgrades { id toVersion }',
    // Of its first hop: the others have ids of commands that follow from it.
    events: ['UpgradeStarted', 'ComponentUpgraded', 'AppUpgraded'],
  },
  'addComponent, with a secret': {
    mutation: 'addComponent',
    prepare: async (node) => {
      const appId = await app(node, 'shop');
      const input = (value: string): object => ({ appId, component: { key: 'db', env: [{ name: 'PASSWORD', value, secret: true }] } });
      return { input: input('hunter2'), other: input('hunter3') };
    },
    selection: 'app { id } component { id env { name value secret } }',
    events: ['ComponentAdded', 'ValueBound'],
  },
  'updateComponent, the value of a secret': {
    mutation: 'updateComponent',
    prepare: async (node) => {
      const to = await secret(node);
      const input = (value: string): object => ({ ...to, set: { env: [{ name: 'PASSWORD', value }] } });
      return { input: input('hunter4'), other: input('hunter5') };
    },
    selection: 'app { id } component { id env { name value secret } }',
    events: ['ValueBound'],
  },
  revealSecret: {
    mutation: 'revealSecret',
    prepare: async (node) => {
      const input = { ...(await secret(node)), name: 'PASSWORD', reason: 'to look' };
      return { input, other: { ...input, reason: 'another one' } };
    },
    selection: 'path value',
    events: ['SecretRevealed'],
  },
  rollbackUpgrade: {
    mutation: 'rollbackUpgrade',
    prepare: async (node) => {
      const { appId, upgradeId } = await upgraded(node);
      return { input: { appId, upgradeId }, other: { appId, upgradeId, reason: 'another one' } };
    },
    selection: 'app { id } installation { id } upgrade { id state kind }',
    events: ['RollbackStarted', 'ComponentUpgraded', 'AppRolledBack'],
  },
  releaseHold: {
    mutation: 'releaseHold',
    prepare: async (node) => {
      const { appId, upgradeId } = await upgraded(node);
      const answer = (await node.mutate('rollbackUpgrade', { appId, upgradeId }, 'installation { id }')) as Ids;
      const input = { appId, installationId: answer['installation']?.id ?? '', version: '1.1' };
      return { input, other: { ...input, reason: 'mended' } };
    },
    selection: 'app { id } installation { id }',
    events: ['HoldReleased'],
  },
  'upgradeApp, carried out by an integration': {
    mutation: 'upgradeApp',
    prepare: async (node) => {
      const { appId: source, templateId } = await shop(node);
      const appId = await install(node, templateId, 'mine');
      await node.mutate('updateApp', { appId, target: 'EXTERNAL' });
      await component(node, source, 'db');
      await node.mutate('publishTemplate', { appId: source, templateId, version: '1.1' });
      return { input: { appId, toVersion: '1.1', leaseSeconds: 60 }, other: { appId, toVersion: '1.1', leaseSeconds: 61 } };
    },
    selection: 'app { id } installation { id } upgrade { id state leaseUntil }',
    events: ['UpgradeStarted'],
  },
  'reportComponentUpgrade, of one of several': {
    mutation: 'reportComponentUpgrade',
    prepare: async (node) => {
      const { appId, upgradeId, componentIds } = await runningUpgrade(node);
      const input = { appId, upgradeId, componentId: componentIds[0], state: 'COMPLETED' };
      return { input, other: { ...input, componentId: componentIds[1] } };
    },
    selection: 'app { id } installation { id } upgrade { id state components { componentId state } }',
    events: ['ComponentUpgraded'],
  },
  'reportComponentUpgrade, of progress': {
    mutation: 'reportComponentUpgrade',
    prepare: async (node) => {
      const { appId, upgradeId, componentIds } = await runningUpgrade(node);
      const input = { appId, upgradeId, componentId: componentIds[0], state: 'RUNNING', message: 'half' };
      return { input, other: { ...input, message: 'done soon' } };
    },
    selection: 'upgrade { id state leaseUntil components { componentId state message } }',
    events: ['ComponentUpgradeProgressed'],
  },
  'reportComponentUpgrade, of the last one': {
    mutation: 'reportComponentUpgrade',
    prepare: async (node) => {
      const { appId, upgradeId, componentIds } = await runningUpgrade(node);
      const [first, componentId] = componentIds;
      await node.mutate('reportComponentUpgrade', { appId, upgradeId, componentId: first, state: 'FAILED' });
      const input = { appId, upgradeId, componentId, state: 'FAILED', message: 'no' };
      return { input, other: { ...input, message: 'not at all' } };
    },
    selection: 'installation { id currentVersion } upgrade { id state components { componentId state message } }',
    events: ['ComponentUpgradeFailed', 'UpgradeFailed'],
  },
  retryUpgrade: {
    mutation: 'retryUpgrade',
    prepare: async (node) => {
      const { appId, upgradeId, componentIds } = await runningUpgrade(node);
      for (const componentId of componentIds) {
        await node.mutate('reportComponentUpgrade', { appId, upgradeId, componentId, state: 'FAILED' });
      }
      return { input: { appId, upgradeId, reason: 'again' }, other: { appId, upgradeId, reason: 'once more' } };
    },
    selection: 'installation { id } upgrade { id state leaseUntil components { componentId state } }',
    events: ['UpgradeRetried'],
  },
  settleUpgrade: {
    mutation: 'settleUpgrade',
    prepare: async (node) => {
      const { appId, upgradeId, componentIds } = await runningUpgrade(node);
      await node.mutate('reportComponentUpgrade', { appId, upgradeId, componentId: componentIds[0], state: 'COMPLETED' });
      const input = { appId, upgradeId, outcome: 'COMPLETED', reason: 'I looked' };
      return { input, other: { ...input, outcome: 'FAILED' } };
    },
    selection: 'installation { id currentVersion } upgrade { id state components { componentId state message } }',
    events: ['UpgradeSettled', 'ComponentUpgraded', 'AppUpgraded'],
  },
  registerWebhook: {
    mutation: 'registerWebhook',
    prepare: () => Promise.resolve({ input: { url: HOOKS }, other: { url: `${HOOKS}/other` } }),
    selection: 'webhook { id url } secret',
    events: ['WebhookRegistered'],
  },
  changeWebhook: {
    mutation: 'changeWebhook',
    prepare: async (node) => {
      const webhookId = await webhook(node);
      return { input: { webhookId, types: ['AppCreated'] }, other: { webhookId, types: ['AppDeleted'] } };
    },
    selection: 'webhook { id types }',
    events: ['WebhookChanged'],
  },
  rotateWebhookSecret: {
    mutation: 'rotateWebhookSecret',
    prepare: async (node) => {
      const webhookId = await webhook(node);
      return { input: { webhookId }, other: { webhookId, graceSeconds: 0 } };
    },
    selection: 'webhook { id previousSecretUntil } secret',
    events: ['WebhookSecretRotated'],
  },
  disableWebhook: {
    mutation: 'disableWebhook',
    prepare: async (node) => {
      const webhookId = await webhook(node);
      return { input: { webhookId }, other: { webhookId, expectedRevision: 0 } };
    },
    selection: 'webhook { id disabledReason }',
    events: ['WebhookDisabled'],
  },
  enableWebhook: {
    mutation: 'enableWebhook',
    prepare: async (node) => {
      const webhookId = await webhook(node);
      await node.mutate('disableWebhook', { webhookId });
      return { input: { webhookId }, other: { webhookId, expectedRevision: 1 } };
    },
    selection: 'webhook { id disabledReason }',
    events: ['WebhookEnabled'],
  },
  'enableWebhook, of one that is enabled': {
    mutation: 'enableWebhook',
    prepare: async (node) => {
      const webhookId = await webhook(node);
      return { input: { webhookId }, other: { webhookId, expectedRevision: 0 } };
    },
    selection: 'webhook { id }',
    events: ['WebhookUnchanged'],
  },
  replayWebhook: {
    mutation: 'replayWebhook',
    prepare: async (node) => {
      const webhookId = await webhook(node);
      const { position } = await node.mutate('createApp', { name: 'shop' });
      return { input: { webhookId, after: position }, other: { webhookId, after: position, expectedRevision: 0 } };
    },
    selection: 'webhook { id position }',
    events: ['WebhookReplayed'],
  },
  // Nothing is allowed to go to the loopback here: how the attempt went tells that.
  testWebhook: {
    mutation: 'testWebhook',
    prepare: async (node) => {
      const webhookId = await webhook(node);
      return { input: { webhookId }, other: { webhookId, expectedRevision: 0 } };
    },
    selection: 'webhook { id } messageId problem',
    events: ['WebhookTested'],
  },
  redeliverWebhook: {
    mutation: 'redeliverWebhook',
    prepare: async (node) => {
      const webhookId = await webhook(node);
      const { position } = await node.mutate('createApp', { name: 'shop' });
      return { input: { webhookId, position }, other: { webhookId, position, expectedRevision: 0 } };
    },
    selection: 'webhook { id } messageId problem',
    events: ['WebhookRedelivered'],
  },
  removeWebhook: {
    mutation: 'removeWebhook',
    prepare: async (node) => {
      const webhookId = await webhook(node);
      return { input: { webhookId }, other: { webhookId, expectedRevision: 0 } };
    },
    selection: 'id',
    events: ['WebhookRemoved'],
  },
};
