import type { Api } from '../support/server.js';

export interface Component {
  readonly id: string;
  readonly key: string;
}

export interface Installed {
  readonly app: { readonly id: string; readonly components: readonly Component[] };
  readonly installation: { readonly id: string; readonly missingValues: readonly object[] };
  readonly missingValues: readonly object[];
}

export interface ShownEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  readonly actor: object;
}

const INSTALLED =
  'app { id components { id key } } installation { id missingValues { componentKey name path secret description } } missingValues { componentKey name secret }';
export const ENV = 'env { name value secret generated generateGroup description }';

/** What tests of secrets do over the API, in few words. */
export class Workshop {
  #names = 0;

  constructor(readonly api: Api) {}

  /** An app with components of its own. */
  async source(...components: readonly object[]): Promise<{ appId: string; ids: string[] }> {
    const { app } = await this.api.mutate('createApp', 'CreateAppInput', { name: this.#name() }, 'app { id }');
    const appId = app.id as string;
    const ids: string[] = [];
    for (const component of components) ids.push(await this.add(appId, component));
    return { appId, ids };
  }

  async add(appId: string, component: object): Promise<string> {
    return (await this.api.mutate('addComponent', 'AddComponentInput', { appId, component }, 'component { id }')).component.id as string;
  }

  /** The variables of the component afterwards. */
  async update(appId: string, componentId: string | undefined, edit: object): Promise<object[]> {
    const input = { appId, componentId, ...edit };
    return (await this.api.mutate('updateComponent', 'UpdateComponentInput', input, `component { ${ENV} }`)).component.env as object[];
  }

  /** As a version of a template, or as a new one. */
  async publish(appId: string, version: string, templateId?: string): Promise<string> {
    const input = { appId, version, ...(templateId ? { templateId } : { name: this.#name() }) };
    return (await this.api.mutate('publishTemplate', 'PublishTemplateInput', input, 'template { id }')).template.id as string;
  }

  install(templateId: string, more: object = {}): Promise<Installed> {
    return this.api.mutate('installTemplate', 'InstallTemplateInput', { templateId, appName: this.#name(), ...more }, INSTALLED);
  }

  async upgrade(appId: string, toVersion: string, more: object = {}): Promise<void> {
    await this.api.mutate('upgradeApp', 'UpgradeAppInput', { appId, toVersion, ...more }, 'upgrade { id }');
  }

  async reveal(appId: string, componentId: string | undefined, name: string): Promise<string> {
    const input = { appId, componentId, name, reason: 'the test wants to know' };
    return (await this.api.mutate('revealSecret', 'RevealSecretInput', input, 'value')).value as string;
  }

  async components(appId: string, selection: string): Promise<Record<string, unknown>[]> {
    const { app } = await this.api.ask(`query ($id: ID!) { app(id: $id) { components { ${selection} } } }`, { id: appId });
    return app.components as Record<string, unknown>[];
  }

  async events(appId: string): Promise<ShownEvent[]> {
    const { history } = await this.api.ask(
      'query ($id: ID!) { history(first: 100, filter: { appId: $id }) { edges { node { type data actor { id kind } } } } }',
      { id: appId },
    );
    return (history.edges as { node: ShownEvent }[]).map(({ node }) => node);
  }

  async typesOf(appId: string): Promise<string[]> {
    return (await this.events(appId)).map(({ type }) => type);
  }

  #name(): string {
    return `name ${(this.#names += 1)}`;
  }
}

export function idOf({ app }: Installed, key: string): string | undefined {
  return app.components.find((each) => each.key === key)?.id;
}

export function valueFor(componentKey: string, name: string, value: string): object {
  return { componentKey, name, value };
}
