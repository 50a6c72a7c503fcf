import type { Api } from './server.js';

type Services = Readonly<Record<string, object>>;
type Answer = Awaited<ReturnType<Api['ask']>>;

export interface Installed {
  readonly appId: string;
  readonly installationId: string;
  /** Ids of its components, by key. */
  readonly ids: Readonly<Record<string, string>>;
}

/** A source app and the template that it is published as, driven over the API. */
export class ReleaseShop {
  #installs = 0;

  private constructor(
    readonly api: Api,
    readonly appId: string,
    readonly templateId: string,
  ) {}

  /** Publishes what a Compose project says as version 1.0. */
  static async open(api: Api, name: string, services: Services): Promise<ReleaseShop> {
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    await bring(api, app.id, services);
    const input = { appId: app.id, name, version: '1.0' };
    const { template } = await api.mutate('publishTemplate', 'PublishTemplateInput', input, 'template { id }');
    return new ReleaseShop(api, app.id as string, template.id as string);
  }

  /** Brings the source app to what a Compose project says; nothing is published. */
  change(services: Services, renames: readonly object[] = []): Promise<void> {
    return bring(this.api, this.appId, services, renames);
  }

  async publish(version: string, more: object = {}): Promise<void> {
    const { appId, templateId } = this;
    const { release } = await this.api.mutate(
      'publishTemplate',
      'PublishTemplateInput',
      { appId, templateId, version, ...more },
      'release { state }',
    );
    if (release.state !== 'PUBLISHED') throw new Error(`the release is ${release.state}`);
  }

  async install(version: string, more: object = {}): Promise<Installed> {
    const input = { templateId: this.templateId, version, appName: `install ${++this.#installs}`, ...more };
    const selection = 'app { id components { id key } } installation { id }';
    const { app, installation } = await this.api.mutate('installTemplate', 'InstallTemplateInput', input, selection);
    const ids = Object.fromEntries(app.components.map(({ key, id }: { key: string; id: string }) => [key, id])) as Record<string, string>;
    return { appId: app.id, installationId: installation.id, ids };
  }

  edit({ appId, ids }: Installed, key: string, change: { readonly set?: object; readonly unset?: readonly string[] }): Promise<unknown> {
    return this.api.mutate('updateComponent', 'UpdateComponentInput', { appId, componentId: ids[key], ...change }, 'position');
  }

  remove({ appId, ids }: Installed, key: string): Promise<unknown> {
    return this.api.mutate('removeComponent', 'RemoveComponentInput', { appId, componentId: ids[key] }, 'position');
  }

  add({ appId }: Installed, component: object): Promise<unknown> {
    return this.api.mutate('addComponent', 'AddComponentInput', { appId, component }, 'position');
  }

  async rehearse(selection: string, more = ''): Promise<Answer> {
    const query = `query ($a: ID!, $t: ID!) { rehearsePublish(appId: $a, templateId: $t ${more}) { ${selection} } }`;
    return (await this.api.ask(query, { a: this.appId, t: this.templateId })).rehearsePublish;
  }
}

async function bring(api: Api, appId: string, services: Services, renames: readonly object[] = []): Promise<void> {
  const input = { appId, files: [{ content: JSON.stringify({ services }) }], renames };
  await api.mutate('importCompose', 'ImportComposeInput', input, 'position');
}
