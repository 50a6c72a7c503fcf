import { expect } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { handleAddComponent, handleChangeApp, handleRemoveComponent, handleUpdateComponent } from '../../src/commands/apps.js';
import { appContentDigests, appContentOf, definitionOf, digestsOf } from '../../src/domain/app/components.js';
import type { Edit } from '../../src/domain/app/edit.js';
import type { Installation } from '../../src/domain/app/state.js';
import { digestOf } from '../../src/domain/canonical.js';
import type { AppId, ComponentId, InstallationId } from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import { tester } from '../support/backend.js';
import { fail, type Model, type Tree } from './model.js';
import { canonical } from './naive-merge.js';
import { randomEdits, type EditKind } from './random-edits.js';
import type { Random } from './random.js';

export type WalkEdit =
  | EditKind
  | `${'add' | 'edit' | 'rename' | 'remove'} own`
  | 'rename installed'
  | 'remove installed'
  | 'own under a later key'
  | 'edit app content';

export const WALK_EDITS: readonly WalkEdit[] = [
  'add own',
  'edit own',
  'rename own',
  'remove own',
  'rename installed',
  'remove installed',
  'own under a later key',
  'edit app content',
];

/** An app with one install, and the model of it: edited at random together, and compared. */
export class EditedInstall {
  /** How many were made. */
  edits = 0;

  constructor(
    private readonly services: RunningBackend['services'],
    readonly appId: AppId,
    readonly installationId: InstallationId,
    public model: Model,
    /** Keys that some version has. */
    private readonly keys: readonly string[],
    private readonly random: Random,
    /** What was edited, over all installs. */
    private readonly met: Map<WalkEdit, number>,
  ) {}

  /** Values changed, entries added and removed, components added, renamed and removed: through the commands, and in the model. */
  async edit(): Promise<void> {
    const { random } = this;
    for (const identity of this.model.identities) {
      const key = this.model.keyOf(identity);
      const turn = random.integer(25);
      if (turn === 0 && this.model.identities.length > 1) await this.remove(key, 'remove installed');
      else if (turn === 1) await this.rename(key, `renamed-${random.integer(1_000_000)}`, 'rename installed');
      else if (random.chance(0.35)) await this.editOne(key);
    }
    for (const key of this.model.ownKeys) {
      const turn = random.integer(10);
      if (turn === 0) await this.remove(key, 'remove own');
      else if (turn === 1) await this.rename(key, `renamed-${random.integer(1_000_000)}`, 'rename own');
      else if (random.chance(0.3) && (await this.editOne(key))) this.count('edit own');
    }
    if (random.chance(0.3)) await this.addOwn(`own-${random.integer(1_000_000)}`);
    if (random.chance(0.15)) await this.addUnderLaterKey();
    if (random.chance(0.2)) await this.editContent();
  }

  private async editOne(key: string): Promise<boolean> {
    const tree = this.model.trees.get(key) ?? fail(`no component ${key}`);
    const siblings = this.model.identities.map((identity) => this.model.keyOf(identity)).filter((each) => each !== key);
    const { set, unset, edited, kinds } = randomEdits(tree as Tree & JsonObject, siblings, this.random);
    if (canonical(edited) === canonical(tree)) return false;
    await this.update(key, { set, unset });
    this.model = this.model.edited(key, edited as JsonObject & Tree);
    for (const kind of kinds) this.count(kind);
    return true;
  }

  async addOwn(key: string): Promise<void> {
    const { random } = this;
    if (this.model.trees.has(key)) return;
    const need = random.chance(0.5) && this.model.identities.length > 0 ? this.model.keyOf(random.pick(this.model.identities)) : undefined;
    const tree = {
      key,
      image: 'mine:1',
      replicas: 1,
      ...(need !== undefined && { dependsOn: { [need]: { condition: 'service_started' } } }),
    };
    await handleAddComponent(this.services, tester, { appId: this.appId }, tree);
    this.model = this.model.withOwn(tree);
    this.count('add own');
  }

  /** Under a key that some version has, and not this one. */
  private async addUnderLaterKey(): Promise<void> {
    const free = this.keys.filter((key) => !this.model.templateHas(key) && !this.model.trees.has(key));
    if (free.length === 0) return;
    await this.addOwn(this.random.pick(free));
    this.count('own under a later key');
  }

  private async editContent(): Promise<void> {
    const { random } = this;
    const { extra = {} } = this.model.content as { extra?: JsonObject };
    const there = Object.keys(extra);
    const name = random.chance(0.5) || there.length === 0 ? `x-mine-${random.integer(3)}` : random.pick(there);
    const { [name]: before, ...rest } = extra;
    const set: JsonObject = before === undefined || random.chance(0.6) ? { [name]: `edit-${random.integer(1000)}` } : {};
    const unset = before === undefined ? [] : [`/extra/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`];
    const edit = { set: { extra: set }, unset };
    await handleChangeApp(this.services, tester, { appId: this.appId }, { installationId: this.installationId, edit });
    const after = { ...rest, ...set };
    this.model = this.model.withContent(Object.keys(after).length > 0 ? { extra: after } : {});
    this.count('edit app content');
  }

  async rename(key: string, to: string, what: WalkEdit): Promise<void> {
    await this.update(key, { set: { key: to }, unset: [] });
    this.model = this.model.renamed(key, to);
    this.count(what);
  }

  async remove(key: string, what: WalkEdit): Promise<void> {
    await handleRemoveComponent(this.services, tester, { appId: this.appId }, await this.idOf(key));
    this.model = this.model.without(key);
    this.count(what);
  }

  private async update(key: string, edit: Edit): Promise<void> {
    await handleUpdateComponent(this.services, tester, { appId: this.appId }, { componentId: await this.idOf(key), edit });
  }

  private count(what: WalkEdit): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1);
    this.edits += 1;
  }

  /** Takes a dependency on a component that the upgrade takes away off those that have it. */
  async dropDependency(key: string): Promise<boolean> {
    if (!this.model.trees.has(key)) return false;
    let dropped = false;
    for (const [each, { dependsOn = {}, ...rest }] of this.model.trees) {
      const { [key]: condition, ...others } = dependsOn;
      if (!condition) continue;
      await this.update(each, { set: {}, unset: [`/dependsOn/${key}`] });
      this.model = this.model.edited(each, { ...rest, ...(Object.keys(others).length > 0 && { dependsOn: others }) });
      this.count('remove dependsOn');
      dropped = true;
    }
    return dropped;
  }

  /** No edit lost, none invented: every component is, leaf by leaf, what the model says. */
  async compare(): Promise<void> {
    const { trees } = this.model;
    const actual = await this.definitions();
    expect([...actual.keys()].sort()).toEqual([...trees.keys()].sort());
    for (const [key, { tree }] of actual) expect(canonical(tree), key).toBe(canonical(trees.get(key)));
  }

  async definitions(): Promise<Map<string, { id: ComponentId; tree: Tree }>> {
    const { aggregates, contents } = this.services;
    const { view } = await aggregates.app(this.appId);
    const lookup = await contents.load(view.components.flatMap(digestsOf));
    return new Map(
      view.components.map((component) => [
        component.key,
        { id: component.componentId, tree: JSON.parse(JSON.stringify(definitionOf(component, view, lookup))) as Tree },
      ]),
    );
  }

  /** All that a rollback restores: digests, keys, local patches, what is excluded, ahead or kept, app-level content. */
  async snapshot(): Promise<object> {
    const { aggregates, contents } = this.services;
    const { view } = await aggregates.app(this.appId);
    const lookup = await contents.load([...view.components.flatMap(digestsOf), ...appContentDigests(view)]);
    const { version, pendingVersion, contentPatch, overrides } = await this.installation();
    return {
      version,
      pendingVersion,
      contentPatch,
      overrides,
      own: view.state.components,
      content: digestOf(appContentOf(view, lookup)),
      components: new Map(view.components.map((component) => [component.key, digestOf(definitionOf(component, view, lookup))])),
    };
  }

  async installation(): Promise<Installation> {
    const { state } = await this.services.aggregates.app(this.appId);
    return state.installations.get(this.installationId) ?? fail('nothing is installed');
  }

  private async idOf(key: string): Promise<ComponentId> {
    const { view } = await this.services.aggregates.app(this.appId);
    return view.components.find((component) => component.key === key)?.componentId ?? fail(`no component ${key}`);
  }
}
