import type { Api } from './server.js';

export interface ExternalShop {
  readonly appId: string;
  readonly upgradeId: string;
  /** Of the upgrade, by key. */
  readonly ids: Readonly<Record<string, string>>;
}

export const V1 = { web: { image: 'web:1', depends_on: ['db'] }, db: { image: 'db:1' }, api: { image: 'api:1' } };
export const V2 = {
  web: { image: 'web:2', depends_on: ['db', 'redis'] },
  db: { image: 'db:2' },
  redis: { image: 'redis:7' },
  api: { image: 'api:1' },
};

/** An install of shop 1.0 whose upgrades an integration carries out; 1.1 is published. */
export async function installExternal(api: Api, name: string): Promise<{ appId: string; templateId: string; ids: Record<string, string> }> {
  const { app } = await api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
  const publish = async (services: object, input: object): Promise<string> => {
    const files = [{ content: JSON.stringify({ services }) }];
    await api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files }, 'position');
    const published = await api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, ...input }, 'template { id }');
    return published.template.id as string;
  };
  const templateId = await publish(V1, { name, version: '1.0' });
  const install = { templateId, appName: `${name} here`, target: 'EXTERNAL' };
  const { app: installed } = await api.mutate(
    'installTemplate',
    'InstallTemplateInput',
    install,
    'app { id target components { id key } }',
  );
  await publish(V2, { templateId, version: '1.1' });
  return { appId: installed.id as string, templateId, ids: idsOf(installed.components) };
}

/** And its upgrade to 1.1, under way. */
export async function startExternal(api: Api, name: string, more: object = {}): Promise<ExternalShop> {
  const { appId } = await installExternal(api, name);
  const input = { appId, toVersion: '1.1', ...more };
  const { upgrade } = await api.mutate('upgradeApp', 'UpgradeAppInput', input, 'upgrade { id components { key componentId } }');
  const components = upgrade.components as { key: string; componentId: string }[];
  return { appId, upgradeId: upgrade.id as string, ids: Object.fromEntries(components.map(({ key, componentId }) => [key, componentId])) };
}

function idsOf(components: readonly { readonly id: string; readonly key: string }[]): Record<string, string> {
  return Object.fromEntries(components.map(({ id, key }) => [key, id]));
}
