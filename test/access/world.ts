import { createToken } from '../../src/commands/tokens.js';
import type { ApiNode } from '../support/nodes.js';
import { OTHERS, OWNERS } from './principals.js';

/** In every name and text of what is the owners' alone. */
export const MARK = 'zebra';
/** What a secret of the owners is. */
export const SECRET = 'zebra-in-the-clear';

interface Made {
  readonly app: string;
  readonly installation: string;
}

/** Two teams, each with apps and a template; the owners have a template that is PUBLIC beside one that is not; each has the others' installed. */
export interface World {
  readonly source: string;
  readonly closed: string;
  readonly open: string;
  /** Of the owners: installs of their templates, and of that of the others. */
  readonly ofClosed: Made;
  readonly ofOpen: Made;
  readonly ofForeign: Made;
  readonly upgrade: string;
  readonly component: string;
  readonly release: string;
  readonly rehearsal: string;
  readonly webhook: string;
  /** Of the others. */
  readonly foreignSource: string;
  readonly foreign: string;
  readonly foreignInstall: Made;
  readonly foreignUpgrade: string;
  readonly foreignWebhook: string;
  /** Every id of what is the owners' alone. */
  readonly hidden: readonly string[];
}

type Ids = Readonly<Record<string, { readonly id: string }>>;

export async function makeWorld(node: ApiNode): Promise<World> {
  const make = async (name: string, input: object, what: string): Promise<Ids> =>
    (await node.mutate(name, input, what.replace(/\w+/g, '$& { id }'))) as Ids;
  const idOf = (ids: Ids, what: string): string => ids[what]?.id ?? '';
  const app = async (name: string, team: string): Promise<string> => idOf(await make('createApp', { name, team }, 'app'), 'app');
  const component = async (appId: string, key: string, more: object = {}): Promise<string> =>
    idOf(await make('addComponent', { appId, component: { key, image: `${key}:1`, ...more } }, 'component'), 'component');
  const publish = (input: object): Promise<Ids> => make('publishTemplate', input, 'template release');
  const install = async (templateId: string, version: string, appName: string, team: string): Promise<Made> => {
    const ids = await make('installTemplate', { templateId, version, appName, team }, 'app installation');
    return { app: idOf(ids, 'app'), installation: idOf(ids, 'installation') };
  };
  const versions = async (appId: string, name: string, key: string, more: object = {}): Promise<{ template: string; release: string }> => {
    const { template, release } = await publish({ appId, name, version: '1.0', ...more });
    await component(appId, key);
    const notes = key.includes(MARK) ? `notes of ${MARK}` : 'notes';
    await publish({ appId, templateId: template?.id, version: '1.1', notes });
    return { template: template?.id ?? '', release: release?.id ?? '' };
  };

  const env = [{ name: 'TOKEN', value: SECRET, secret: true }];
  const source = await app(`${MARK} source`, OWNERS);
  const secretOne = await component(source, `${MARK}-web`, { env });
  const closed = await versions(source, `${MARK} closed`, `${MARK}-db`);
  const openSource = await app(`${MARK} source of what is open`, OWNERS);
  await component(openSource, 'web');
  const open = await versions(openSource, 'open', 'db', { visibility: 'PUBLIC' });
  const foreignSource = await app('source', OTHERS);
  await component(foreignSource, 'web');
  const foreign = await versions(foreignSource, 'foreign', 'db', { visibility: 'PUBLIC' });

  const maker = { actor: { id: 'local', kind: 'USER' }, correlationId: 'test' } as const;
  const token = (name: string, ...teams: string[]) =>
    createToken(node.backend.services, { name, grants: [{ role: 'VIEWER', teams }] }, maker);
  await token(`${MARK}-robot`, OWNERS);
  await token(`${MARK}-of-both`, OTHERS, OWNERS);
  await token('robot', OTHERS);

  const webhook = async (team: string, path: string): Promise<string> => {
    const id = idOf(await make('registerWebhook', { team, url: `https://127.0.0.1/${path}`, description: path }, 'webhook'), 'webhook');
    // It goes nowhere, and leaves a delivery that says so.
    await node.mutate('testWebhook', { webhookId: id });
    return id;
  };
  const webhookOfOwners = await webhook(OWNERS, MARK);
  const foreignWebhook = await webhook(OTHERS, 'hooks');

  const ofClosed = await install(closed.template, '1.0', `${MARK} of closed`, OWNERS);
  const ofOpen = await install(open.template, '1.0', `${MARK} of open`, OWNERS);
  const ofForeign = await install(foreign.template, '1.0', `${MARK} of foreign`, OWNERS);
  const foreignInstall = await install(open.template, '1.0', 'install', OTHERS);
  const upgrades = await Promise.all(
    [ofClosed, ofOpen, foreignInstall].map(async ({ app: appId }) =>
      idOf(
        await make('upgradeApp', { appId, toVersion: '1.1', reason: appId === foreignInstall.app ? 'why' : MARK }, 'upgrade'),
        'upgrade',
      ),
    ),
  );
  const gone = await install(open.template, '1.0', `${MARK} gone`, OWNERS);
  await node.mutate('deleteApp', { appId: gone.app });
  // Each team's app was once published as a version of a template of the other.
  const contributor = await app(`${MARK} contributor`, OWNERS);
  const contributed = await component(contributor, 'web', { image: 'web:2' });
  const crossing = await publish({ appId: contributor, name: `${MARK} crossing`, version: '1.0' });
  const crossed = await publish({ appId: foreignSource, templateId: idOf(crossing, 'template'), version: '1.1' });
  await publish({ appId: contributor, templateId: foreign.template, version: '1.2' });
  await component(source, `${MARK}-more`);
  await component(foreignSource, 'more');
  const { rehearsePublish } = (await node.ask('query ($a: ID!, $t: ID!) { rehearsePublish(appId: $a, templateId: $t) { id } }', {
    a: source,
    t: closed.template,
  })) as Ids;
  const rehearsal = rehearsePublish?.id ?? '';
  const made = [ofClosed, ofOpen, ofForeign, gone].flatMap((each) => [each.app, each.installation]);
  return {
    source,
    closed: closed.template,
    open: open.template,
    ofClosed,
    ofOpen,
    ofForeign,
    upgrade: upgrades[0] ?? '',
    component: secretOne,
    release: closed.release,
    rehearsal,
    webhook: webhookOfOwners,
    foreignWebhook,
    foreignSource,
    foreign: foreign.template,
    foreignInstall,
    foreignUpgrade: upgrades[2] ?? '',
    hidden: [
      ...[contributor, contributed, idOf(crossing, 'template'), idOf(crossing, 'release'), idOf(crossed, 'release')],
      source,
      openSource,
      secretOne,
      closed.template,
      closed.release,
      rehearsal,
      ...made,
      ...upgrades.slice(0, 2),
    ],
  };
}
