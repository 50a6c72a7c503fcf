import fc from 'fast-check';
import { Refusal } from '../../src/domain/errors.js';
import type { Answer, ApiNode } from '../support/nodes.js';

/** One command, by what it does and to which of what is there. */
export interface Step {
  readonly what: keyof typeof WEIGHTS;
  /** Picks the app, the component, the version, ... */
  readonly nth: number;
  readonly value: string;
  readonly policy: 'PREFER_LOCAL' | 'PREFER_TEMPLATE';
}

const WEIGHTS = {
  edit: 6,
  'give a value': 2,
  unset: 2,
  add: 3,
  remove: 1,
  publish: 6,
  install: 3,
  upgrade: 6,
  report: 4,
  settle: 1,
  rollback: 3,
  'lift a hold': 1,
  'edit the app': 3,
  map: 1,
  'change a version': 2,
  'change visibility': 1,
  uninstall: 1,
  delete: 1,
} as const;

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    what: fc.oneof(...Object.entries(WEIGHTS).map(([what, weight]) => ({ weight, arbitrary: fc.constant(what as Step['what']) }))),
    nth: fc.nat(11),
    value: fc.constantFrom('1', '2', '3'),
    policy: fc.constantFrom('PREFER_LOCAL' as const, 'PREFER_TEMPLATE' as const),
  }),
  { minLength: 12, maxLength: 25 },
);

interface Component {
  readonly id: string;
  readonly key: string;
  readonly templateComponentId: string | null;
}

interface Install {
  readonly id: string;
  readonly currentVersion: string;
  readonly upgradableVersions: readonly { readonly version: string }[];
  readonly blockedVersions: readonly { readonly version: { readonly version: string } }[];
  readonly upgradeRecords: {
    readonly edges: readonly {
      readonly node: { readonly id: string; readonly state: string; readonly components: readonly { componentId: string }[] };
    }[];
  };
}

interface App {
  readonly id: string;
  readonly components: readonly Component[];
  readonly installations: readonly Install[];
}

const APP = `query ($id: ID!) { app(id: $id) { id components { id key templateComponentId } installations { id currentVersion
  upgradableVersions { version } blockedVersions { version { version } }
  upgradeRecords { edges { node { id state components { componentId } } } } } } }`;

/** What takes an installation. */
const OF_INSTALLS: ReadonlySet<Step['what']> = new Set([
  'upgrade',
  'report',
  'settle',
  'rollback',
  'lift a hold',
  'give a value',
  'map',
  'uninstall',
]);

/** A source app, its template and apps that have it installed, as random commands change them. */
export class RandomWorld {
  readonly apps: string[];
  #published = 0;

  private constructor(
    private readonly node: ApiNode,
    readonly source: string,
    readonly template: string,
  ) {
    this.apps = [source];
  }

  static async open(node: ApiNode, name: string): Promise<RandomWorld> {
    const { app } = (await node.mutate('createApp', { name: `${name} source` }, 'app { id }')) as { app: { id: string } };
    for (const key of ['web', 'db']) {
      const env = [
        { name: 'MODE', value: 'a' },
        { name: 'TOKEN', secret: true, value: 'x' },
      ];
      await node.mutate('addComponent', { appId: app.id, component: { key, image: `${key}:1`, env } });
    }
    const input = { appId: app.id, name, version: '1.0' };
    const { template } = (await node.mutate('publishTemplate', input, 'template { id }')) as { template: { id: string } };
    const world = new RandomWorld(node, app.id, template.id);
    for (const nth of [1, 2, 3]) await world.run({ what: nth === 2 ? 'publish' : 'install', nth, value: '1', policy: 'PREFER_TEMPLATE' });
    return world;
  }

  /** @returns whether something was done: what is refused changed nothing. */
  async run(step: Step): Promise<boolean> {
    try {
      return (await this.#run(step)) !== undefined;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  async #run({ what, nth, value, policy }: Step): Promise<Answer | undefined> {
    const { node, source, template: templateId } = this;
    const appId = pick(OF_INSTALLS.has(what) ? this.apps.slice(1) : this.apps, nth) ?? source;
    const { app } = (await node.ask(APP, { id: appId })) as { app: App | null };
    const component = pick(app?.components ?? [], nth);
    const install = pick(app?.installations ?? [], nth);
    const records = install?.upgradeRecords.edges.map((edge) => edge.node) ?? [];
    const version = pick([...(install?.upgradableVersions ?? [])], nth)?.version ?? `1.${nth % 3}`;
    switch (what) {
      case 'edit': {
        const edits = [{ image: `i:${value}` }, { env: [{ name: `E${value}`, value }] }, { key: `k${nth}` }, { replicas: nth }];
        return node.mutate('updateComponent', { appId, componentId: component?.id ?? '', set: pick(edits, nth) });
      }
      case 'give a value': {
        const env = [{ name: 'TOKEN', secret: true, value }];
        return node.mutate('updateComponent', { appId, componentId: component?.id ?? '', set: { env } });
      }
      case 'unset':
        return node.mutate('updateComponent', {
          appId,
          componentId: component?.id ?? '',
          unset: [`/env/${nth % 2 ? 'MODE' : `E${value}`}`],
        });
      case 'add':
        return node.mutate('addComponent', { appId: nth % 2 ? source : appId, component: { key: `c${nth}`, image: `c:${value}` } });
      case 'remove':
        return node.mutate('removeComponent', { appId, componentId: component?.id ?? '' });
      case 'publish': {
        const version = `1.${this.#published + 1}`;
        await node.mutate('addComponent', { appId: source, component: { key: `of-${this.#published}`, image: version } });
        const upgradeFrom = nth === 5 ? `>=1.${this.#published}` : undefined;
        const published = await node.mutate('publishTemplate', { appId: source, templateId, version, upgradeFrom });
        this.#published += 1;
        return published;
      }
      case 'install': {
        const into = nth % 4 === 3 ? { appId } : { appName: `install ${this.apps.length}`, target: nth % 3 ? 'RECORD' : 'EXTERNAL' };
        const installed = await node.mutate('installTemplate', { templateId, ...into }, 'app { id }');
        const { id } = (installed as { app: { id: string } }).app;
        if (!this.apps.includes(id)) this.apps.push(id);
        return installed;
      }
      case 'upgrade': {
        const some = nth % 5 === 4 && component ? { components: [component.id] } : {};
        return node.mutate('upgradeApp', { appId, installationId: install?.id, toVersion: version, policy, acceptDataLoss: true, ...some });
      }
      case 'report': {
        const { id: upgradeId, components } = records.find(({ state }) => state === 'RUNNING') ?? { id: '', components: [] };
        const state = pick(['COMPLETED', 'FAILED', 'RUNNING'], nth);
        return node.mutate('reportComponentUpgrade', { appId, upgradeId, componentId: pick(components, nth)?.componentId ?? '', state });
      }
      case 'settle':
        return node.mutate('settleUpgrade', { appId, upgradeId: records[0]?.id ?? '', outcome: nth % 2 ? 'COMPLETED' : 'FAILED' });
      case 'rollback':
        return node.mutate('rollbackUpgrade', { appId, upgradeId: pick(records, nth)?.id ?? '', policy, acceptDataLoss: true });
      case 'lift a hold':
        return node.mutate('releaseHold', {
          appId,
          installationId: install?.id ?? '',
          version: pick(install?.blockedVersions ?? [], nth)?.version.version ?? '',
        });
      case 'edit the app': {
        const extra = { networks: { [`n${nth}`]: { driver: value } } };
        const changes = [{ name: `app ${value}` }, { extra }, { extra, installationId: install?.id }, { target: 'EXTERNAL' }];
        return node.mutate('updateApp', { appId, ...pick(changes, nth) });
      }
      case 'map': {
        const own = app?.components.find(({ templateComponentId }) => templateComponentId === null);
        const to = pick(app?.components.filter((each) => each.templateComponentId !== null) ?? [], nth)?.templateComponentId;
        return node.mutate('mapComponent', {
          appId,
          componentId: own?.id ?? '',
          installationId: install?.id,
          templateComponentId: to ?? '',
        });
      }
      case 'change a version': {
        const change = pick(['deprecateVersion', 'withdrawVersion', 'restoreVersion'], nth) ?? '';
        return node.mutate(change, { templateId, version: `1.${nth % (this.#published + 1)}`, reason: value });
      }
      case 'change visibility':
        return node.mutate('changeTemplateVisibility', { templateId, visibility: nth % 2 ? 'PUBLIC' : 'TEAM' });
      case 'uninstall':
        return node.mutate('uninstallTemplate', { appId, installationId: install?.id ?? '', acceptDataLoss: true });
      case 'delete':
        return appId === source ? undefined : node.mutate('deleteApp', { appId });
    }
  }
}

function pick<Item>(items: readonly Item[], nth: number): Item | undefined {
  return items[nth % Math.max(items.length, 1)];
}
