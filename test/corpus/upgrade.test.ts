import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { handleAddComponent, handleCreateApp, handleRemoveComponent, handleUpdateComponent } from '../../src/commands/apps.js';
import { handleImportCompose } from '../../src/commands/import-compose.js';
import { handleInstall } from '../../src/commands/install.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import { handleUpgrade, planUpgradeOf } from '../../src/commands/upgrade.js';
import { definitionOf, digestsOf } from '../../src/domain/app/components.js';
import { requiredNeeds } from '../../src/domain/app/references.js';
import type { Definition } from '../../src/domain/definition/definition.js';
import type { AppId, ComponentId, TemplateId } from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import type { ConflictPolicy } from '../../src/domain/upgrade/plan.js';
import { compareVersions, parseVersion } from '../../src/domain/version.js';
import { importComposeProject } from '../../src/importers/compose/index.js';
import { openTestBackend, tester } from '../support/backend.js';
import { corpusProjects, hasCorpus, type CorpusVersion } from './corpus.js';
import { canonical, leaves, naiveMerge, type Told } from './naive-merge.js';
import { randomEdits, seededRandom, type Random } from './random-edits.js';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

/** A component of an install as the naive model has it: plain trees, no patches. */
interface Modelled {
  base: unknown;
  local: unknown;
  kept: boolean;
}

interface Target {
  /** Identity to definition: a key that goes and comes again is another component. */
  readonly components: ReadonlyMap<string, unknown>;
}

/** What each version consists of, with identities that follow the keys from version to version. */
function identify(versions: readonly CorpusVersion[]): Target[] {
  let before = new Map<string, string>();
  return versions.map(({ source }, index) => {
    const identities = new Map<string, string>();
    const components = new Map<string, unknown>();
    for (const definition of importComposeProject(source).components) {
      const identity = before.get(definition.key) ?? `${definition.key}#${index}`;
      identities.set(definition.key, identity);
      components.set(identity, JSON.parse(JSON.stringify(definition)));
    }
    before = identities;
    return { components };
  });
}

interface Tally {
  upgrades: number;
  conflicts: number;
  problems: number;
}

/** One install that is edited at random and taken through all versions; every plan and every result is predicted by the naive model. */
class Install {
  readonly modelled = new Map<string, Modelled>();
  readonly excluded = new Map<string, unknown>();
  readonly own = new Map<string, unknown>();

  constructor(
    private readonly backend: RunningBackend,
    readonly appId: AppId,
    private readonly random: Random,
    private readonly tally: Tally,
    first: Target,
  ) {
    for (const [identity, tree] of first.components) this.modelled.set(identity, { base: tree, local: tree, kept: false });
  }

  async components(): Promise<Map<string, { id: ComponentId; tree: unknown }>> {
    const { aggregates, contents } = this.backend.services;
    const { view } = await aggregates.app(this.appId);
    const lookup = await contents.load(view.components.flatMap(digestsOf));
    return new Map(
      view.components.map((component) => [
        component.key,
        { id: component.componentId, tree: JSON.parse(JSON.stringify(definitionOf(component, view, lookup))) as unknown },
      ]),
    );
  }

  /** Values changed, entries added and removed, components added and removed: through the commands, and in the model. */
  async edit(): Promise<void> {
    const there = await this.components();
    for (const [identity, component] of [...this.modelled]) {
      const key = keyOf(component.local);
      const id = there.get(key)?.id ?? fail(`no component ${key}`);
      if (this.random.chance(0.04) && this.modelled.size > 1) {
        await handleRemoveComponent(this.backend.services, tester, { appId: this.appId }, id);
        if (!component.kept) this.excluded.set(identity, component.base);
        this.modelled.delete(identity);
        continue;
      }
      if (!this.random.chance(0.35)) continue;
      const { set, unset, edited } = randomEdits(component.local as JsonObject, this.random);
      if (canonical(edited) === canonical(component.local)) continue;
      const to = { appId: this.appId };
      await handleUpdateComponent(this.backend.services, tester, to, { componentId: id, edit: { set, unset } });
      component.local = edited;
    }
    if (this.random.chance(0.3)) await this.addOwn(`own-${this.random.integer(1_000_000)}`);
  }

  async addOwn(key: string): Promise<void> {
    if (this.own.has(key)) return;
    await handleAddComponent(this.backend.services, tester, { appId: this.appId }, { key, image: 'mine:1' });
    this.own.set(key, { key, image: 'mine:1', replicas: 1 });
  }

  async removeByKey(key: string): Promise<void> {
    const { id } = (await this.components()).get(key) ?? fail(`no component ${key}`);
    await handleRemoveComponent(this.backend.services, tester, { appId: this.appId }, id);
    this.own.delete(key);
    for (const [identity, { local, kept }] of this.modelled) if (kept && keyOf(local) === key) this.modelled.delete(identity);
  }

  /** Takes a dependency on a component that the upgrade takes away off those that have it. */
  async dropDependency(key: string): Promise<boolean> {
    const there = await this.components();
    if (!there.has(key)) return false;
    let dropped = false;
    for (const component of this.modelled.values()) {
      const { dependsOn = {}, ...rest } = component.local as { dependsOn?: Record<string, unknown> };
      if (!Object.hasOwn(dependsOn, key)) continue;
      const { id } = there.get(keyOf(component.local)) ?? fail(`no component ${keyOf(component.local)}`);
      const edit = { set: {}, unset: [`/dependsOn/${key}`] };
      await handleUpdateComponent(this.backend.services, tester, { appId: this.appId }, { componentId: id, edit });
      const { [key]: _, ...others } = dependsOn;
      component.local = Object.keys(others).length > 0 ? { ...rest, dependsOn: others } : rest;
      dropped = true;
    }
    return dropped;
  }

  /** Plans, compares with the model, mends what makes the plan inapplicable, upgrades, compares again. */
  async upgrade(toVersion: string, target: Target): Promise<void> {
    const policy = this.random.pick<ConflictPolicy>(['PREFER_LOCAL', 'PREFER_TEMPLATE']);
    for (let round = 0; ; round++) {
      if (round > 20) fail('the problems of the plan do not go away');
      const asking = await this.plan(toVersion, 'ASK');
      const predicted = this.predict(target, () => undefined);
      expect(told(asking)).toEqual(predicted.told);
      this.tally.conflicts += round === 0 ? asking.conflicts.length : 0;

      const settled = this.predict(target, () => (policy === 'PREFER_LOCAL' ? 'LOCAL' : 'TEMPLATE'));
      const plan = await this.plan(toVersion, policy);
      expect(told(plan)).toEqual(settled.told);
      const problems = this.predictProblems(settled.modelled, target);
      expect(plan.problems.map(({ code, componentKey }) => `${code} ${componentKey}`).sort()).toEqual(
        problems.map(({ text }) => text).sort(),
      );
      if (problems.length > 0) {
        this.tally.problems += 1;
        const [{ code, key }] = problems as [Problem, ...Problem[]];
        if (code === 'KEY_TAKEN') await this.removeByKey(key);
        else if (!(await this.dropDependency(key))) await this.addOwn(key);
        continue;
      }
      const { services } = this.backend;
      const request = { appId: this.appId, installationId: undefined, toVersion, resolutions: [], policy };
      await handleUpgrade(services, tester, { ...request, planFingerprint: plan.fingerprint, acceptDataLoss: true });
      this.tally.upgrades += 1;
      this.modelled.clear();
      for (const [identity, component] of settled.modelled) this.modelled.set(identity, component);
      for (const identity of [...this.excluded.keys()]) {
        const now = target.components.get(identity);
        if (now === undefined) this.excluded.delete(identity);
        else this.excluded.set(identity, now);
      }
      await this.compare();
      return;
    }
  }

  plan(toVersion: string, policy: ConflictPolicy): ReturnType<typeof planUpgradeOf> {
    return planUpgradeOf(this.backend.services, { appId: this.appId, installationId: undefined, toVersion, resolutions: [], policy });
  }

  /** No edit lost, none invented: every component is, leaf by leaf, what the model says. */
  async compare(): Promise<void> {
    const expected = new Map(
      [...[...this.modelled.values()].map(({ local }) => local), ...this.own.values()].map((tree) => [keyOf(tree), tree]),
    );
    const actual = await this.components();
    expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, { tree }] of actual) expect(canonical(tree), key).toBe(canonical(expected.get(key)));
  }

  private predict(target: Target, choose: () => 'LOCAL' | 'TEMPLATE' | undefined): { told: string[]; modelled: Map<string, Modelled> } {
    const lines: string[] = [];
    const modelled = new Map<string, Modelled>();
    const tell = (key: string, fields: readonly Told[]): void => {
      for (const { path, outcome } of fields) lines.push(`${key} ${path} ${outcome}`);
    };
    for (const [identity, tree] of target.components) {
      const component = this.modelled.get(identity);
      if (component) {
        const fields: Told[] = [];
        const local = naiveMerge(component.base, component.local, tree, '', choose, fields);
        tell(keyOf(tree), fields);
        modelled.set(identity, { base: tree, local, kept: false });
      } else if (this.excluded.has(identity)) {
        const fields: Told[] = [];
        naiveMerge(this.excluded.get(identity), this.excluded.get(identity), tree, '', choose, fields);
        for (const line of differences(this.excluded.get(identity), tree)) lines.push(`${keyOf(tree)} ${line} KEEP_LOCAL`);
      } else {
        tell(
          keyOf(tree),
          leaves(tree, '').map((path) => ({ path, outcome: 'TAKE_TEMPLATE' })),
        );
        modelled.set(identity, { base: tree, local: tree, kept: false });
      }
    }
    const taken = new Set([...target.components.values()].map(keyOf));
    for (const [identity, component] of this.modelled) {
      if (target.components.has(identity)) continue;
      const name = taken.has(keyOf(component.local)) ? `${keyOf(component.local)} (removed)` : keyOf(component.local);
      if (component.kept) modelled.set(identity, component);
      else if (canonical(component.base) === canonical(component.local)) {
        tell(
          name,
          leaves(component.base, '').map((path) => ({ path, outcome: 'TAKE_TEMPLATE' })),
        );
      } else {
        const choice = choose();
        tell(name, [{ path: '', outcome: choice ? 'RESOLVED' : 'CONFLICT' }]);
        if (choice !== 'TEMPLATE') modelled.set(identity, { ...component, kept: true });
      }
    }
    return { told: lines.sort(), modelled };
  }

  /** What the upgrade would break; a dependency that was missing before is none of it. */
  private predictProblems(modelled: ReadonlyMap<string, Modelled>, target: Target): Problem[] {
    const before = new Set([...this.own.keys(), ...[...this.modelled.values()].map(({ local }) => keyOf(local))]);
    const taken = new Set([...target.components.values()].map(keyOf));
    const nameOf = (identity: string, key: string): string =>
      !target.components.has(identity) && taken.has(key) ? `${key} (removed)` : key;
    const problems: Problem[] = [];
    const keys = new Set(this.own.keys());
    for (const [identity, { local }] of modelled) {
      const key = keyOf(local);
      if (keys.has(key)) problems.push({ code: 'KEY_TAKEN', key, text: `KEY_TAKEN ${nameOf(identity, key)}` });
      keys.add(key);
    }
    for (const [identity, { local }] of modelled) {
      const needed = new Set(requiredNeeds((this.modelled.get(identity)?.local ?? { key: '', replicas: 1 }) as Definition));
      for (const need of requiredNeeds(local as Definition)) {
        if (!keys.has(need) && (before.has(need) || !needed.has(need)))
          problems.push({ code: 'DEPENDENCY_MISSING', key: need, text: `DEPENDENCY_MISSING ${nameOf(identity, keyOf(local))}` });
      }
    }
    return problems;
  }
}

interface Problem {
  readonly code: 'KEY_TAKEN' | 'DEPENDENCY_MISSING';
  readonly key: string;
  readonly text: string;
}

function keyOf(tree: unknown): string {
  return (tree as { key: string }).key;
}

/** Leaves that are not the same in two trees. */
function differences(before: unknown, after: unknown): string[] {
  const paths = new Set([...leaves(before, ''), ...leaves(after, '')]);
  return [...paths].filter((path) => canonical(at(before, path)) !== canonical(at(after, path)) || isLeafOfOne(before, after, path));
}

function isLeafOfOne(before: unknown, after: unknown, path: string): boolean {
  return leaves(before, '').includes(path) !== leaves(after, '').includes(path);
}

function at(tree: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (node, token) => (node as Record<string, unknown> | undefined)?.[token.replaceAll('~1', '/').replaceAll('~0', '~')],
      tree,
    );
}

function told(plan: Awaited<ReturnType<Install['plan']>>): string[] {
  return plan.components
    .flatMap(({ fields }) => fields.map(({ componentKey, path, outcome }) => `${componentKey} ${path} ${outcome}`))
    .sort();
}

function fail(message: string): never {
  throw new Error(message);
}

describe.skipIf(!hasCorpus)('upgrading installs of public projects under random local edits', () => {
  let backend: RunningBackend;
  beforeAll(async () => {
    backend = await openTestBackend();
  });
  afterAll(() => backend.close());

  if (!hasCorpus) it('needs ../shared/corpus/compose', () => undefined);

  for (const [project, all] of corpusProjects()) {
    const versions = all
      .filter(({ version }) => parseVersion(version))
      .sort((left, right) =>
        compareVersions(parseVersion(left.version) ?? fail('no version'), parseVersion(right.version) ?? fail('no version')),
      );
    if (versions.length === 0) {
      it(`has no version label of ${project} that the rules accept`, () => {
        expect(all.map(({ version }) => parseVersion(version))).not.toContainEqual(expect.anything());
      });
      continue;
    }

    it(`predicts every leaf of ${project}`, { timeout: 300_000 }, async () => {
      const { services, releases } = backend;
      const { result: source } = await handleCreateApp(services, tester, { name: `${project} source`, team: 'corpus' });
      const targets = identify(versions);
      const published: { version: string; target: Target }[] = [];
      let templateId: TemplateId | undefined;
      let refused = 0;
      for (const [index, { version, source: files }] of versions.entries()) {
        await handleImportCompose(services, tester, { appId: source, source: files, renames: new Map(), dryRun: false });
        const as = templateId ? { templateId } : { name: project };
        const release = await handlePublishTemplate(services, tester, { appId: source, version, identities: [], as }).catch(
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'NOTHING_TO_PUBLISH' });
            refused += 1;
          },
        );
        if (!release) continue;
        await releases.run(release.result, tester);
        templateId = release.result.templateId;
        published.push({ version, target: targets[index] ?? fail('no target') });
      }
      const [first, ...later] = published;
      if (!first || !templateId) return fail('nothing was published');
      const tally: Tally = { upgrades: 0, conflicts: 0, problems: 0 };
      for (const seed of SEEDS) {
        const into = { name: `${project} ${seed}`, team: 'corpus' };
        const { result } = await handleInstall(services, tester, { templateId, version: first.version, keys: new Map(), into });
        const install = new Install(backend, result.appId, seededRandom(`${project} ${seed}`), tally, first.target);
        for (const { version, target } of later) {
          await install.edit();
          await install.compare();
          await install.upgrade(version, target);
        }
      }
      console.log(
        `| ${project} | ${all.length} | ${versions.length} | ${published.length} | ${refused} | ${tally.upgrades} | ${tally.conflicts} | ${tally.problems} |`,
      );
      expect(tally.upgrades).toBe(later.length * SEEDS.length);
    });
  }
});
