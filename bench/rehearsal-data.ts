import { randomUUID } from 'node:crypto';
import type { RunningBackend } from '../src/backend.js';
import { handleCreateApp } from '../src/commands/apps.js';
import { handleImportCompose } from '../src/commands/import-compose.js';
import { handlePublishTemplate } from '../src/commands/publish.js';
import { digestOf } from '../src/domain/canonical.js';
import type { AppEvent } from '../src/domain/app/events.js';
import type { Definition } from '../src/domain/definition/definition.js';
import { diffTrees } from '../src/domain/definition/patch.js';
import { installedComponentId, type AppId, type InstallationId, type TemplateId } from '../src/domain/ids.js';
import { manifestDigest, type Manifest } from '../src/domain/template/manifest.js';

export const COMPONENTS = 50;
export const VARIABLES = 20;
/** Components that the version to be rehearsed changes; it adds one more. */
const CHANGED = 5;
/** Components that each install changes. */
const EDITED = 3;
const AT_ONCE = 64;
export const context = { actor: { id: 'bench', kind: 'SERVICE' }, correlationId: 'bench' } as const;

/** A template with installs, and the app that its next version is to be published from. */
export interface Prepared {
  readonly appId: AppId;
  readonly templateId: TemplateId;
  readonly installed: readonly AppId[];
}

/** Publishes 1.0, installs it so many times with so many distinct local patches, and changes the source app. */
export async function prepare(backend: RunningBackend, installs: number, patches: number): Promise<Prepared> {
  const { services, releases } = backend;
  const name = `${installs} installs, ${patches} patches`;
  const { result: appId } = await handleCreateApp(services, context, { name, team: 'bench' });
  await bringTo(backend, appId, 0);
  const { result } = await handlePublishTemplate(services, context, { appId, version: '1.0', identities: [], as: { name } });
  await releases.run(result, context);
  const { templateId } = result;
  const manifest = await services.aggregates.manifest(templateId, '1.0');
  const edits = await editsOf(backend, manifest, patches);
  const installed: AppId[] = [];
  let next = 0;
  const install = async (): Promise<void> => {
    for (let n = next++; n < installs; n = next++) {
      const events = eventsOf(templateId, manifest, edits[n % patches] ?? []);
      await services.writer.append(`app-${events.appId}`, 'no_stream', events.events, context);
      installed.push(events.appId);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, install));
  await bringTo(backend, appId, 1);
  return { appId, templateId, installed };
}

/** Brings a source app to what it publishes as 1.0 (0), or to a later state of it. */
export async function bringTo({ services }: RunningBackend, appId: AppId, state: number): Promise<void> {
  const files = [{ content: composeOf(state) }];
  await handleImportCompose(services, context, { appId, source: { files }, renames: new Map(), dryRun: false });
}

/** In a later state some components have another image and another value of a variable, and there is one more. */
export function composeOf(state: number): string {
  const services = Array.from({ length: COMPONENTS + (state > 0 ? 1 : 0) }, (_, n) => {
    const changed = state > 0 && n % (COMPONENTS / CHANGED) === 0;
    const environment = Object.fromEntries(
      Array.from({ length: VARIABLES }, (__, v) => [
        `VARIABLE_${v}`,
        changed && v === 7 ? `another value, ${state}` : `value ${v} of ${n}`,
      ]),
    );
    return [
      `component-${n}`,
      { image: `example/component-${n}:${changed ? `1.${state}` : '1.0'}`, environment, ports: ['8080:80'] },
    ] as const;
  });
  return JSON.stringify({ services: Object.fromEntries(services) });
}

type Edit = Omit<Extract<AppEvent, { type: 'ComponentChanged' }>['data'], 'appId' | 'componentId' | 'installationId'> & {
  readonly n: number;
};

/** Local patches, each of three components and two variables of each: one in ten clashes with what the template changes. */
async function editsOf({ services }: RunningBackend, manifest: Manifest, patches: number): Promise<Edit[][]> {
  const entries = [...manifest.components.values()];
  const lookup = await services.contents.load(entries.map(({ digest }) => digest));
  const edits: Edit[][] = [];
  for (let k = 0; k < patches; k++) {
    const made = Array.from({ length: EDITED }, (_, e) => {
      const n = (k * EDITED + e) % entries.length;
      const entry = entries[n];
      if (!entry) throw new Error('there are components');
      const base = lookup.definition(entry.digest);
      const variables = [`VARIABLE_${e === 0 ? 7 : (k + e) % VARIABLES}`, `VARIABLE_${(k + e + 5) % VARIABLES}`];
      const local: Definition = {
        ...base,
        env: { ...base.env, ...Object.fromEntries(variables.map((each) => [each, `local ${k}`])) },
      };
      const patch = diffTrees(base, local);
      if (!patch) throw new Error('an edit changes something');
      const set = variables.map((each) => `/env/${each}`);
      return { body: patch, edit: { n, key: entry.key, digest: digestOf(local), patch: digestOf(patch), set, unset: [] } };
    });
    await services.contents.save(
      made.map(({ body }) => ({ kind: 'patch', body })),
      context,
    );
    edits.push(made.map(({ edit }) => edit));
  }
  return edits;
}

/** What installing and editing writes, in one append. */
function eventsOf(templateId: TemplateId, manifest: Manifest, edits: readonly Edit[]): { appId: AppId; events: AppEvent[] } {
  const appId = randomUUID() as AppId;
  const installationId = randomUUID() as InstallationId;
  const ids = [...manifest.components.keys()];
  const installed = {
    appId,
    installationId,
    templateId,
    version: '1.0',
    manifest: manifestDigest(manifest),
    templateRevision: 1,
    keys: [],
  };
  const changed = edits.flatMap(({ n, ...edit }): AppEvent[] => {
    const id = ids[n];
    return id
      ? [{ type: 'ComponentChanged', data: { appId, componentId: installedComponentId(installationId, id), installationId, ...edit } }]
      : [];
  });
  return {
    appId,
    events: [
      { type: 'AppCreated', data: { appId, name: `install ${appId}`, team: 'bench' } },
      { type: 'TemplateInstalled', data: installed },
      ...changed,
    ],
  };
}
