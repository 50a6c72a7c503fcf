import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import {
  handleAddComponent,
  handleChangeApp,
  handleCreateApp,
  handleRemoveComponent,
  handleUninstall,
  handleUpdateComponent,
} from '../../src/commands/apps.js';
import { handleInstall } from '../../src/commands/install.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import { handleUpgrade } from '../../src/commands/upgrade.js';
import { appContentDigests, appContentOf, definitionOf, digestsOf } from '../../src/domain/app/components.js';
import type { Edit } from '../../src/domain/app/edit.js';
import { flatten } from '../../src/domain/definition/leaves.js';
import { Refusal } from '../../src/domain/errors.js';
import type { AppId, TemplateComponentId, TemplateId } from '../../src/domain/ids.js';
import { jsonEqual, type Json } from '../../src/domain/json.js';
import { requireVersion } from '../../src/domain/version.js';
import { findVersion } from '../../src/domain/template/state.js';
import { blameField } from '../../src/queries/blame.js';
import { openTestBackend, tester } from '../support/backend.js';

/** Leaves by subject (a component's id, or empty for the app-level content) and path, with the key that the component has. */
interface Snapshot {
  /** Of the last event that led to it. */
  readonly position: number;
  readonly leaves: ReadonlyMap<string, ReadonlyMap<string, Json>>;
  readonly keys: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, string>;
}

const WEIGHTS = {
  edit: 8,
  unset: 3,
  publish: 6,
  upgrade: 6,
  rename: 2,
  content: 2,
  'installed content': 2,
  add: 1,
  remove: 1,
  reinstall: 1,
} as const;

interface Step {
  readonly who: 'source' | 'install';
  readonly what: keyof typeof WEIGHTS;
  readonly nth: number;
  readonly value: string;
  readonly policy: 'PREFER_LOCAL' | 'PREFER_TEMPLATE';
}

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.constantFrom('source' as const, 'install' as const),
  what: fc.oneof(...Object.entries(WEIGHTS).map(([what, weight]) => ({ weight, arbitrary: fc.constant(what as Step['what']) }))),
  nth: fc.nat(3),
  value: fc.constantFrom('1', '2', '3'),
  policy: fc.constantFrom('PREFER_LOCAL' as const, 'PREFER_TEMPLATE' as const),
});

describe('blame', () => {
  let backend: RunningBackend;
  beforeAll(async () => {
    backend = await openTestBackend();
  });
  afterAll(() => backend.close());

  /** What is there, read whole: the oracle. */
  async function look(appId: AppId): Promise<Snapshot> {
    const { aggregates, contents } = backend.services;
    const { view, position } = await aggregates.app(appId);
    const lookup = await contents.load([...view.components.flatMap(digestsOf), ...appContentDigests(view)]);
    const content: [string, ReadonlyMap<string, Json>] = ['', flatten(appContentOf(view, lookup))];
    const leaves = view.components.map((each) => [each.componentId as string, flatten(definitionOf(each, view, lookup))] as const);
    return {
      position,
      leaves: new Map([content, ...leaves]),
      keys: new Map(view.components.map(({ componentId, key }) => [componentId, key])),
      versions: new Map(
        view.components.flatMap((each) => (each.origin === 'installed' ? [[each.componentId, each.version] as const] : [])),
      ),
    };
  }

  async function publish(appId: AppId, version: string, as: { name: string } | { templateId: TemplateId }): Promise<TemplateId> {
    const { result } = await handlePublishTemplate(backend.services, tester, { appId, version, identities: [], as });
    await backend.releases.run(result, tester);
    return result.templateId;
  }

  function editOf({ what, nth, value }: Step, leaves: readonly string[]): Edit {
    if (what === 'rename') return { set: { key: `k${nth}${value}` }, unset: [] };
    const gone = leaves.filter((path) => path !== '/key' && path !== '/replicas')[nth];
    if (what === 'unset' && gone !== undefined) return { set: {}, unset: [gone] };
    const sets: Edit['set'][] = [
      { image: `i:${value}` },
      { env: { [`E${value}`]: { value } } },
      { ports: { [`8${value}/tcp`]: { alias: value } } },
      { labels: { a: value, [`b${value}`]: 'x' } },
    ];
    return { set: sets[nth] ?? {}, unset: [] };
  }

  /** Carries out one step; what is refused changed nothing. */
  async function run(
    each: Step,
    apps: Readonly<Record<Step['who'], AppId>>,
    templateId: TemplateId,
    minor: { now: number },
  ): Promise<void> {
    const { services } = backend;
    const appId = apps[each.who];
    const { view } = await services.aggregates.app(appId);
    const component = view.components[each.nth % Math.max(view.components.length, 1)];
    const [installationId] = view.state.installations.keys();
    const change = { set: { extra: { networks: { [`n${each.nth}`]: { driver: each.value } } } }, unset: [] };
    if (each.what === 'publish') await publish(apps.source, `1.${minor.now + 1}`, { templateId }).then(() => (minor.now += 1));
    else if (each.what === 'upgrade') {
      const asked = { installationId: undefined, toVersion: `1.${minor.now}`, resolutions: [], policy: each.policy, acceptDataLoss: true };
      await handleUpgrade(services, tester, { appId: apps.install, ...asked });
    } else if (each.what === 'reinstall') {
      if (installationId) await handleUninstall(services, tester, { appId }, { installationId, acceptDataLoss: true });
      else if (each.who === 'install') {
        await handleInstall(services, tester, { templateId, version: undefined, keys: new Map([['a', 'mine']]), into: { appId } });
      }
    } else if (each.what === 'add') await handleAddComponent(services, tester, { appId }, { key: `own${each.value}`, image: 'i:0' });
    else if (each.what === 'content') await handleChangeApp(services, tester, { appId }, { edit: change });
    else if (each.what === 'installed content') {
      if (installationId) await handleChangeApp(services, tester, { appId }, { installationId, edit: change });
    } else if (each.what === 'remove' && component) await handleRemoveComponent(services, tester, { appId }, component.componentId);
    else if (component) {
      const lookup = await services.contents.load(digestsOf(component));
      const leaves = [...flatten(definitionOf(component, view, lookup)).keys()];
      await handleUpdateComponent(services, tester, { appId }, { componentId: component.componentId, edit: editOf(each, leaves) });
    }
  }

  /** The history of an app, as it was after each command. */
  async function live(steps: readonly Step[], name: string): Promise<{ appId: AppId; templateId: TemplateId; snapshots: Snapshot[] }> {
    const { services } = backend;
    const { result: source } = await handleCreateApp(services, tester, { name, team: 't' });
    for (const key of ['a', 'b']) await handleAddComponent(services, tester, { appId: source }, { key, image: 'i:0', env: { E: '0' } });
    await handleChangeApp(
      services,
      tester,
      { appId: source },
      { edit: { set: { extra: { networks: { n0: { driver: '0' } } } }, unset: [] } },
    );
    const templateId = await publish(source, '1.0', { name });
    const into = { name: `${name} installed`, team: 't' };
    const { result } = await handleInstall(services, tester, { templateId, version: undefined, keys: new Map(), into });
    const minor = { now: 0 };
    const snapshots = [await look(result.appId)];
    for (const each of steps) {
      await run(each, { source, install: result.appId }, templateId, minor).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
      snapshots.push(await look(result.appId));
    }
    return { appId: result.appId, templateId, snapshots };
  }

  /** By position: the snapshots in which a place is another than in the one before. */
  function changesOf(
    snapshots: readonly Snapshot[],
    subject: string,
    path: string,
  ): { after: number; upTo: Snapshot; value: Json | undefined }[] {
    const at = (snapshot: Snapshot | undefined): Json | undefined => snapshot?.leaves.get(subject)?.get(path);
    return snapshots.flatMap((snapshot, i) => {
      const before = snapshots[i - 1];
      return jsonEqual(at(before), at(snapshot)) ? [] : [{ after: before?.position ?? -1, upTo: snapshot, value: at(snapshot) }];
    });
  }

  /** The key of a component that is there, or of the last that had it of those that are not; undefined where another one has it. */
  function keyOf(snapshots: readonly Snapshot[], subject: string): string | undefined {
    const key = snapshots.findLast(({ keys }) => keys.has(subject))?.keys.get(subject);
    const holders = snapshots.findLast(({ keys }) => [...keys.values()].includes(key ?? ''))?.keys ?? new Map<string, string>();
    return [...holders].find((each) => each[1] === key)?.[0] === subject ? key : undefined;
  }

  /** The oldest version from which on the template's value has been what it is at a version; read from every version there is. */
  async function setterOf(templateId: TemplateId, subject: string, path: string, label: string): Promise<string> {
    const { aggregates, contents } = backend.services;
    const { state } = await aggregates.template(templateId);
    const of = subject.split(':')[1] as TemplateComponentId;
    const value = async (version: string): Promise<Json | undefined> => {
      const digest = (await aggregates.manifest(templateId, version)).components.get(of)?.digest;
      return digest && flatten((await contents.load([digest])).definition(digest)).get(path);
    };
    let setter = label;
    for (let n = Number(label.split('.')[1]) - 1; n >= 0; n--) {
      if (!findVersion(state, requireVersion(`1.${n}`))) continue;
      if (!jsonEqual(await value(`1.${n}`), await value(label))) break;
      setter = `1.${n}`;
    }
    return setter;
  }

  it(
    'names for every place what is there, each command that changed it and no other, and the version that set it',
    { timeout: 300_000 },
    async () => {
      const seen = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40 }), fc.uuid(), async (steps, name) => {
          const { appId, templateId, snapshots } = await live(steps, name);
          const last = snapshots.at(-1);
          const places = new Set(
            snapshots.flatMap(({ leaves }) => [...leaves].flatMap(([id, paths]) => [...paths.keys()].map((p) => `${id} ${p}`))),
          );
          for (const place of places) {
            const [subject = '', ...rest] = place.split(' ');
            const path = rest.join(' ');
            const componentKey = subject === '' ? '' : keyOf(snapshots, subject);
            if (componentKey === undefined) continue;
            const blame = await blameField(backend.services, { appId, componentKey, path });
            expect(blame?.value).toEqual(last?.leaves.get(subject)?.get(path));
            const history = (await blame?.history(1000)) ?? [];
            const changes = history.filter(({ action }) => action === 'SET' || action === 'REMOVED');
            expect(changes[0]).toEqual(blame?.setBy);
            const expected = changesOf(snapshots, subject, path).reverse();
            expect(changes.map(({ value }) => value)).toEqual(expected.map(({ value }) => value));
            for (const [i, { after, upTo }] of expected.entries()) {
              const entry = changes[i];
              if (!entry) throw new Error('there are as many as expected');
              expect(entry.position).toBeGreaterThan(after);
              expect(entry.position).toBeLessThanOrEqual(upTo.position);
              seen.set(`${entry.action} ${entry.origin}`, (seen.get(`${entry.action} ${entry.origin}`) ?? 0) + 1);
              const version = upTo.versions.get(subject);
              if (entry.origin !== 'TEMPLATE' || entry.action !== 'SET' || version === undefined) continue;
              expect(entry.release?.version.label).toBe(await setterOf(templateId, subject, path, version));
            }
            for (const { action, origin } of history.filter((entry) => !changes.includes(entry))) {
              seen.set(`${action} ${origin}`, (seen.get(`${action} ${origin}`) ?? 0) + 1);
            }
          }
        }),
        { numRuns: 80 },
      );
      console.log([...seen].map(([what, times]) => `${what}: ${times}`).join(', '));
      for (const what of ['SET TEMPLATE', 'SET LOCAL', 'REMOVED LOCAL', 'REMOVED TEMPLATE', 'KEPT LOCAL', 'CONVERGED TEMPLATE']) {
        expect(seen.get(what), what).toBeGreaterThan(0);
      }
    },
  );
});
