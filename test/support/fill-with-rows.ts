import type { RunningBackend } from '../../src/backend.js';
import { handleAddComponent, handleCreateApp, handleUpdateComponent } from '../../src/commands/apps.js';
import { handleInstall } from '../../src/commands/install.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import { createToken } from '../../src/commands/tokens.js';
import { handleRollback } from '../../src/commands/rollback.js';
import { handleUpgrade } from '../../src/commands/upgrade.js';
import { handleTestWebhook } from '../../src/commands/webhook-attempts.js';
import { handleRegisterWebhook } from '../../src/commands/webhooks.js';
import { handleVersionState } from '../../src/commands/version-state.js';
import type { AppId, ComponentId, InstallationId, TemplateId, UpgradeId } from '../../src/domain/ids.js';
import { withdrawVersion } from '../../src/domain/template/decide-version-state.js';
import { tester } from './backend.js';

/** Nodes with many rows beneath them. */
export interface FilledIds {
  /** With many installations, versions and releases. */
  readonly template: TemplateId;
  /** Of that template's releases. */
  readonly sourceApp: AppId;
  /** Upgraded many times, and its installation of that template. */
  readonly upgradedApp: AppId;
  readonly upgradedInstallation: InstallationId;
  /** Of a further version of the template. */
  readonly rehearsal: string;
}

/**
 * Makes so many rows of every list, each with something in every relation: apps that were published twice as a template of their own, and that
 * have that template and a shared one installed, changed and upgraded, and the former rolled back. The largest versions of the shared one are
 * withdrawn, and some of the others are behind stops.
 */
export async function fillWithRows(backend: RunningBackend, count: number): Promise<FilledIds> {
  const { services, releases, webhooks } = backend;

  async function createApp(name: string, key: string): Promise<{ appId: AppId; componentId: ComponentId }> {
    const { result: appId } = await handleCreateApp(services, tester, { name, team: 't' });
    const { result: componentId } = await handleAddComponent(
      services,
      tester,
      { appId },
      {
        key,
        env: { N: '0', OPEN: { secret: true }, TOKEN: { generate: true } },
      },
    );
    return { appId, componentId };
  }
  async function publish(
    appId: AppId,
    version: string,
    as: { name: string } | { templateId: TemplateId },
    upgradeFrom?: string,
  ): Promise<TemplateId> {
    const { result } = await handlePublishTemplate(services, tester, { appId, version, upgradeFrom, identities: [], as });
    await releases.run(result, tester);
    return result.templateId;
  }
  async function change(appId: AppId, componentId: ComponentId, set: { env: { N: string } } | { replicas: number }): Promise<void> {
    await handleUpdateComponent(services, tester, { appId }, { componentId, edit: { set, unset: [] } });
  }
  async function install(appId: AppId, templateId: TemplateId, key: string): Promise<InstallationId> {
    const [entry] = (await services.aggregates.manifest(templateId, '1.0')).components.values();
    if (!entry) throw new Error('a template without components');
    const keys = new Map([[entry.key, key]]);
    const { result } = await handleInstall(services, tester, { templateId, version: '1.0', keys, into: { appId } });
    await change(appId, `${result.installationId}:${entry.templateComponentId}` as ComponentId, { replicas: 2 });
    return result.installationId;
  }
  const choices = { resolutions: [], policy: 'ASK' as const, acceptDataLoss: false };
  async function upgrade(appId: AppId, installationId: InstallationId, toVersion: string): Promise<UpgradeId> {
    return (await handleUpgrade(services, tester, { appId, installationId, toVersion, ...choices })).result.upgradeId;
  }

  const shared = await createApp('shared', 'web');
  const template = await publish(shared.appId, '1.0', { name: 'shared' });
  for (let n = 1; n <= count; n++) {
    await change(shared.appId, shared.componentId, { env: { N: String(n) } });
    await publish(shared.appId, `1.${n}`, { templateId: template }, n % 10 === 5 ? `>=1.${n - 1}` : undefined);
  }
  const installed: { appId: AppId; installationId: InstallationId }[] = [];
  for (let n = 0; n < count; n++) {
    const { appId, componentId } = await createApp(`app ${n}`, 'own');
    await createToken(services, { name: `robot-${n}`, grants: [{ role: 'VIEWER', teams: ['t'] }] }, tester);
    const registration = { team: 't', settings: { url: 'https://127.0.0.1/' }, after: `${services.store.logId}.0` };
    const { webhookId } = await handleRegisterWebhook(services, tester, registration, webhooks.rules);
    await handleTestWebhook(services, tester, { webhookId }, webhooks);
    const templateId = await publish(appId, '1.0', { name: `template ${n}` });
    await change(appId, componentId, { env: { N: '1' } });
    await publish(appId, '1.1', { templateId });
    const upgradeId = await upgrade(appId, await install(appId, templateId, 'copy'), '1.1');
    await handleRollback(services, tester, { appId, upgradeId, ...choices });
    const installationId = await install(appId, template, 'shared');
    await upgrade(appId, installationId, '1.1');
    installed.push({ appId, installationId });
  }
  const [upgraded] = installed;
  if (!upgraded) throw new Error('no rows');
  for (let n = 2; n <= count; n++) await upgrade(upgraded.appId, upgraded.installationId, `1.${n}`);
  for (let n = count - 4; n <= count; n++) {
    await handleVersionState(services, tester, { templateId: template, version: `1.${n}`, reason: undefined }, withdrawVersion);
  }
  await change(shared.appId, shared.componentId, { env: { N: 'rehearsed' } });
  await backend.readModels.waitFor(await backend.store.head(), { timeoutMs: 30_000 });
  const rehearsal = await backend.rehearsals.start({ appId: shared.appId, templateId: template, identities: [] });
  await rehearsal.ended;
  return {
    template,
    sourceApp: shared.appId,
    upgradedApp: upgraded.appId,
    upgradedInstallation: upgraded.installationId,
    rehearsal: rehearsal.id,
  };
}
