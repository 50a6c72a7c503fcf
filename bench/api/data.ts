import { ask, type Answered } from '../ask.js';

const COMPONENTS = 50;
const APPS = 50;
const VERSIONS = ['1.0', '1.1', '1.2', '2.0'];

/** What the operations of the measurement are about. */
export interface Data {
  readonly templateId: string;
  /** Apps with 50 components each, one version up from the one that they were installed at. */
  readonly apps: readonly { readonly id: string; readonly componentId: string }[];
}

/** A template of 50 components in four versions, and 50 apps of it, each upgraded once and changed locally; all of it made through the API. */
export async function makeData(url: string): Promise<Data> {
  const write = async (name: string, type: string, input: object, selection: string): Promise<Answered> => {
    return ask(url, { query: `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`, variables: { input } });
  };
  const source = idOf((await write('createApp', 'CreateAppInput', { name: 'Source', team: 'bench' }, 'app { id }')).createApp?.['app']);
  let templateId: string | undefined;
  for (const [n, version] of VERSIONS.entries()) {
    await write('importCompose', 'ImportComposeInput', { appId: source, files: [{ content: composeOf(n) }] }, 'position');
    const as = templateId ? { templateId } : { name: 'shop' };
    const input = { appId: source, version, notes: `What is new in ${version}.`, ...as };
    const { publishTemplate } = await write('publishTemplate', 'PublishTemplateInput', input, 'template { id } release { state }');
    templateId = idOf(publishTemplate?.['template']);
  }
  if (templateId === undefined) throw new Error('nothing was published');
  const apps: { id: string; componentId: string }[] = [];
  for (let n = 0; n < APPS; n++) {
    const into = { templateId, version: '1.0', appName: `Shop ${n}`, team: `team ${n % 5}` };
    const installed = (await write('installTemplate', 'InstallTemplateInput', into, 'app { id components { id } }')).installTemplate;
    const id = idOf(installed?.['app']);
    const { components } = installed?.['app'] as { components: { id: string }[] };
    const componentId = idOf(components[n]);
    const set = { replicas: 2, env: [{ name: 'LOG_LEVEL', value: 'debug' }] };
    await write('updateComponent', 'UpdateComponentInput', { appId: id, componentId, set }, 'position');
    await write('upgradeApp', 'UpgradeAppInput', { appId: id, toVersion: '1.1', policy: 'PREFER_LOCAL' }, 'upgrade { state }');
    apps.push({ id, componentId });
  }
  return { templateId, apps };
}

function idOf(object: unknown): string {
  const { id } = (object ?? {}) as { id?: unknown };
  if (typeof id !== 'string') throw new Error(`no id: ${JSON.stringify(object)}`);
  return id;
}

/** Services as real files have them; each version changes the image of one in ten. */
function composeOf(version: number): string {
  const services = Array.from({ length: COMPONENTS }, (_, n): [string, object] => {
    const tag = n % 10 < version ? `1.${version}` : '1.0';
    const environment = {
      LOG_LEVEL: 'info',
      PORT: '8080',
      DATABASE_URL: `postgres://database/shop-${n}`,
      CACHE: 'redis://cache:6379',
      N: `${n}`,
    };
    const dependsOn = n > 0 ? { depends_on: [`service-${n - 1}`] } : {};
    return [
      `service-${n}`,
      { image: `example/service-${n}:${tag}`, environment, ports: [`${8000 + n}:8080`], volumes: [`data-${n}:/data`], ...dependsOn },
    ];
  });
  return JSON.stringify({ services: Object.fromEntries(services), volumes: Object.fromEntries(services.map((_, n) => [`data-${n}`, {}])) });
}
