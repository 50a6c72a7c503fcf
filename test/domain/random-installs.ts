import fc from 'fast-check';
import { mapComponent } from '../../src/domain/app/decide-map.js';
import { changeApp, removeComponent, updateComponent } from '../../src/domain/app/decide.js';
import type { Installation } from '../../src/domain/app/state.js';
import type { Definition } from '../../src/domain/definition/definition.js';
import { Refusal } from '../../src/domain/errors.js';
import type { TemplateComponentId, UpgradeId } from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import type { ConflictPolicy } from '../../src/domain/upgrade/plan.js';
import type { Draft } from './contents.js';
import { installationId, Scenario } from './scenario.js';

interface RandomVersion {
  readonly components: Readonly<Record<string, Draft>>;
  readonly networks: number;
}

export type Step =
  | { readonly kind: 'edit'; readonly component: number; readonly set: JsonObject; readonly unset: readonly string[] }
  | { readonly kind: 'remove'; readonly component: number }
  | { readonly kind: 'content'; readonly extra: JsonObject }
  | { readonly kind: 'map'; readonly component: number; readonly to: string }
  | { readonly kind: 'upgrade'; readonly by: number; readonly policy: ConflictPolicy; readonly chosen: readonly string[] | undefined }
  | { readonly kind: 'rollback'; readonly run: number; readonly policy: ConflictPolicy };

const IDS = ['a', 'b', 'c', 'd', 'e'] as const;
const text = fc.array(fc.constantFrom('one', 'two', 'three'), { minLength: 3, maxLength: 4 }).map((lines) => `${lines.join('\n')}\n`);
const fields = fc.record(
  {
    image: fc.constantFrom('x:1', 'x:2', 'y:1'),
    replicas: fc.integer({ min: 0, max: 2 }),
    env: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('1', '2'), { maxKeys: 2, noNullPrototype: false }),
    configFiles: fc.record({ '/f': fc.record({ content: text }) }, { requiredKeys: [] }),
    volumes: fc.record(
      { '/v': fc.record({ kind: fc.constant('PERSISTENT' as const), name: fc.constantFrom('v', 'w') }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** Some of the components, some under another key, each maybe depending on others by the keys of the version. */
const version: fc.Arbitrary<RandomVersion> = fc
  .tuple(
    fc.subarray([...IDS], { minLength: 1 }),
    fc.array(fields, { minLength: IDS.length, maxLength: IDS.length }),
    fc.subarray([...IDS]),
    fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 3 }),
    fc.nat(2),
  )
  .map(([ids, drafts, renamed, needs, networks]) => {
    const keyOf = (id: string): string => (renamed.some((each) => each === id) ? `${id}2` : id);
    const components = ids.map((id, i) => {
      const dependsOn = needs.filter(([from, to]) => from === i && to !== i && to < ids.length).map(([, to]) => [keyOf(ids[to] ?? ''), {}]);
      return [id, { ...drafts[i], key: keyOf(id), dependsOn: Object.fromEntries(dependsOn) as Draft['dependsOn'] }] as const;
    });
    return { components: Object.fromEntries(components), networks };
  });

const policy = fc.constantFrom<ConflictPolicy>('ASK', 'PREFER_LOCAL', 'PREFER_TEMPLATE');
const edit: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      component: fc.nat(6),
      set: fields,
      unset: fc.constant([]),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      component: fc.nat(6),
      set: fc.constantFrom<JsonObject>({ key: 'mine' }, { dependsOn: { own: {} } }, { dependsOn: { b: {} } }),
      unset: fc.constant([]),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), component: fc.nat(6) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('content' as const),
      extra: fc.constantFrom<JsonObject>({ networks: 5 }, { mine: 1 }, { mine: 2 }),
    }),
  },
);
const map: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('map' as const), component: fc.nat(6), to: fc.constantFrom(...IDS) });
const upgrade: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('upgrade' as const),
  by: fc.integer({ min: 1, max: 2 }),
  policy: fc.constantFrom<ConflictPolicy>('PREFER_LOCAL', 'PREFER_TEMPLATE'),
  chosen: fc.option(fc.subarray([...IDS], { minLength: 1 }), { nil: undefined }),
});
const rollback: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('rollback' as const), run: fc.nat(3), policy });

export const edits = fc.array(edit, { maxLength: 6 });
export const editsAndMappings = fc.array(fc.oneof({ weight: 5, arbitrary: edit }, { weight: 1, arbitrary: map }), { maxLength: 6 });
/** Without edits. */
export const moves = fc.array(fc.oneof({ weight: 3, arbitrary: upgrade }, { weight: 1, arbitrary: rollback }), { maxLength: 3 });
export const anySteps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: edit },
    { weight: 2, arbitrary: upgrade },
    { weight: 1, arbitrary: map },
    { weight: 1, arbitrary: rollback },
  ),
  {
    maxLength: 8,
  },
);
export const anUpgrade = upgrade;
export const versions = fc.array(version, { minLength: 3, maxLength: 5 });

/** An install of a template's first version, beside an own component that depends on the template's; and what is done to it, by random choice. */
export class Install {
  readonly scenario = new Scenario();
  /** Of what was upgraded and rolled back, in order. */
  readonly runs: string[] = [];

  constructor(private readonly versions: readonly RandomVersion[]) {
    for (const [n, { components, networks }] of versions.entries()) this.scenario.version(`1.${n}`, components, { networks });
    const keys = Object.values(versions[0]?.components ?? {}).map(({ key = '' }) => [key, {}] as const);
    this.scenario.added({ key: 'own', dependsOn: Object.fromEntries(keys.slice(0, 2)) }).installed('1.0');
  }

  /** Whether it was carried out: what a rule of the app refuses is not. */
  do(step: Step): boolean {
    try {
      this.#do(step);
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  rollback(of: string, policy: ConflictPolicy = 'ASK'): string {
    const as = `run ${this.runs.length}`;
    this.scenario.after(this.scenario.rollback(of, { upgradeId: as as UpgradeId, policy, acceptDataLoss: true }));
    this.runs.push(as);
    return as;
  }

  get installation(): Installation {
    const found = this.scenario.view.state.installations.get(installationId);
    if (!found) throw new Error('nothing is installed');
    return found;
  }

  /** All that a rollback is to restore: digests, patches, keys, what is excluded, ahead or kept, app-level content, and the app's own components. */
  get state(): object {
    const { version, pendingVersion, contentPatch, overrides } = this.installation;
    const { view, components } = this.scenario;
    return {
      version,
      pendingVersion,
      contentPatch,
      overrides,
      own: view.state.components,
      components: new Map(Object.entries(components)),
    };
  }

  get definitions(): ReadonlyMap<string, Definition> {
    const { view, components } = this.scenario;
    return new Map(view.components.flatMap(({ componentId, key }) => (components[key] ? [[componentId, components[key]] as const] : [])));
  }

  get #dangles(): boolean {
    const { components } = this.scenario;
    return Object.values(components).some(({ dependsOn = {} }) => Object.keys(dependsOn).some((key) => !components[key]));
  }

  #do(step: Step): void {
    const { scenario } = this;
    const { components } = scenario.view;
    const component = 'component' in step ? components[step.component % Math.max(components.length, 1)] : undefined;
    switch (step.kind) {
      case 'edit':
        // What depends on a key that nobody has follows it once a component has it, and is not made to dangle again.
        if (component && !(component.origin === 'own' && 'dependsOn' in step.set)) {
          const { componentId } = component;
          scenario.after((view, contents) => updateComponent({ componentId, edit: step }, view, contents));
        }
        return;
      case 'remove':
        if (component?.origin === 'installed') scenario.after((view) => removeComponent(component.componentId, view));
        return;
      case 'content':
        scenario.after((view, contents) => changeApp({ installationId, edit: { set: { extra: step.extra }, unset: [] } }, view, contents));
        return;
      case 'map':
        // Where something dangles, a key that comes with the mapping would be followed for ever.
        if (component && !this.#dangles) {
          const mapping = { componentId: component.componentId, installationId, templateComponentId: step.to as TemplateComponentId };
          scenario.after((view, contents) => mapComponent({ ...mapping, published: true }, view, contents));
        }
        return;
      case 'upgrade':
        this.#upgrade(step);
        return;
      case 'rollback':
        this.rollback(this.runs[step.run % Math.max(this.runs.length, 1)] ?? 'none', step.policy);
    }
  }

  #upgrade({ by, policy, chosen }: Extract<Step, { kind: 'upgrade' }>): void {
    const { version, pendingVersion } = this.installation;
    const from = Number((pendingVersion ?? version).slice(2));
    const to = pendingVersion && by === 1 ? from : Math.min(from + by, this.versions.length - 1);
    const label = `1.${to}`;
    if (label === version) throw new Refusal('NOT_UPGRADABLE', 'the last one');
    const as = `run ${this.runs.length}`;
    const ids = chosen && new Set(chosen as TemplateComponentId[]);
    this.scenario.after(this.scenario.upgrade(label, { upgradeId: as as UpgradeId, policy, chosen: ids, acceptDataLoss: true }));
    this.runs.push(as);
  }
}
