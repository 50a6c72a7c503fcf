import { expect } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { handleReleaseHold } from '../../src/commands/hold.js';
import { handleInstall } from '../../src/commands/install.js';
import { handleRollback, planRollbackOf } from '../../src/commands/rollback.js';
import { handleUpgrade, planUpgradeOf } from '../../src/commands/upgrade.js';
import type { UpgradeId } from '../../src/domain/ids.js';
import type { ConflictPolicy, Resolution, UpgradePlan } from '../../src/domain/upgrade/plan.js';
import { tester } from '../support/backend.js';
import { EditedInstall, type WalkEdit } from './edited-install.js';
import type { History } from './history.js';
import { expectEditsKept } from './kept-edits.js';
import { fail, Model, type Choose, type Problem, type Target, type Tree } from './model.js';
import { canonical } from './naive-merge.js';
import type { Random } from './random.js';
import type { Tally } from './tally.js';

interface Context {
  readonly backend: RunningBackend;
  readonly random: Random;
  readonly tally: Tally;
  /** What was edited, over all walks. */
  readonly met: Map<WalkEdit, number>;
}

/** An upgrade that was made, with the app as it was just before. */
interface Made {
  readonly upgradeId: UpgradeId;
  readonly version: string;
  readonly before: object;
  /** How many edits there were then. */
  readonly edits: number;
}

interface Settled {
  readonly policy: ConflictPolicy;
  /** By component and path, as a plan tells them. */
  readonly choices: ReadonlyMap<string, 'LOCAL' | 'TEMPLATE'>;
}

/** One install that is edited at random and taken through all versions, forth and back; what every upgrade plans and does is predicted by the model. */
export class Walk {
  /** Upgrades since the last edit, oldest first. */
  private made: Made[] = [];

  private constructor(
    private readonly context: Context,
    private readonly install: EditedInstall,
  ) {}

  static async start(context: Context, { templateId, targets }: History, name: string): Promise<Walk> {
    const first = targets[0] ?? fail('nothing was published');
    const into = { name, team: 'corpus' };
    const command = { templateId, version: first.version, keys: new Map<string, string>(), into };
    const { result } = await handleInstall(context.backend.services, tester, command);
    const keys = new Set(targets.flatMap(({ components }) => [...components.values()].map(({ key }) => key)));
    const { appId, installationId } = result;
    const { backend, random, met } = context;
    return new Walk(context, new EditedInstall(backend.services, appId, installationId, Model.installed(first), [...keys], random, met));
  }

  /** Edits most times, upgrades, and at times goes back and forth again. */
  async step(target: Target): Promise<void> {
    const { random } = this.context;
    if (random.chance(0.8)) await this.install.edit();
    await this.install.compare();
    const settled = await this.upgrade(target);
    const turn = random.integer(6);
    if (turn === 0) await this.backAndForth();
    if (turn === 1) await this.backAndInTwo(target, settled);
    if (turn === 2) await this.backAfterEdits();
  }

  /** Plans, compares with the model, mends what makes the plan inapplicable, upgrades, compares again. */
  private async upgrade(target: Target): Promise<Settled> {
    const { tally } = this.context;
    for (let round = 0; round < 20; round++) {
      const asking = await this.plan(target);
      const predicted = this.install.model.upgraded(target, () => undefined);
      expect(told(asking)).toEqual(predicted.told);

      const settled = this.settle(asking);
      const { after, told: lines, problems } = this.install.model.upgraded(target, chooserOf(settled));
      const plan = await this.plan(target, settled, asking);
      expect(told(plan)).toEqual(lines);
      expect(plan.problems.map(({ code, componentKey }) => `${code} ${componentKey}`).sort()).toEqual(
        problems.map(({ text }) => text).sort(),
      );
      const [problem] = problems;
      if (problem) {
        tally.problems += 1;
        await this.mend(problem);
        continue;
      }
      const before = await this.install.snapshot();
      const upgradeId = await this.apply(target, settled, asking, plan.fingerprint);
      this.made = this.made.filter(({ edits }) => edits === this.install.edits);
      this.made.push({ upgradeId, version: target.version, before, edits: this.install.edits });
      tally.upgrades += 1;
      tally.conflicts += asking.conflicts.length;
      tally.settled += asking.conflicts.length - plan.conflicts.length;
      if (asking.conflicts.length > 0) tally.withConflicts += 1;
      else tally.clean += 1;
      this.install.model = after;
      await this.install.compare();
      return settled;
    }
    return fail('the problems of the plan do not go away');
  }

  /** All by one policy, or each by a choice of its own. */
  private settle({ conflicts }: UpgradePlan): Settled {
    const { random } = this.context;
    const sides = ['LOCAL', 'TEMPLATE'] as const;
    if (random.chance(0.5)) {
      const side = random.pick(sides);
      return { policy: `PREFER_${side}`, choices: new Map(conflicts.map((conflict) => [placeOf(conflict), side])) };
    }
    return { policy: 'ASK', choices: new Map(conflicts.map((conflict) => [placeOf(conflict), random.pick(sides)])) };
  }

  private async mend({ code, key }: Problem): Promise<void> {
    const { random } = this.context;
    if (code === 'KEY_TAKEN') {
      if (this.install.model.ownKeys.includes(key) && random.chance(0.5))
        await this.install.rename(key, `moved-${random.integer(1_000_000)}`, 'rename own');
      else await this.install.remove(key, this.install.model.ownKeys.includes(key) ? 'remove own' : 'remove installed');
    } else if (!(await this.install.dropDependency(key))) await this.install.addOwn(key);
  }

  /** Undoes some of the upgrades since the last edit, and undoes that. */
  private async backAndForth(): Promise<void> {
    const { random, tally } = this.context;
    const upgraded = await this.install.snapshot();
    const from = random.integer(this.made.length);
    const { upgradeId, before } = this.made[from] ?? fail('nothing was upgraded');
    const back = await this.rollBack(upgradeId);
    expect(await this.install.snapshot()).toEqual(before);
    await this.rollBack(back);
    expect(await this.install.snapshot()).toEqual(upgraded);
    await this.install.compare();
    tally.rollbacks += 1;
    if (from < this.made.length - 1) tally.rollbacksOfSeveral += 1;
  }

  /** Undoes the last upgrade, and makes it again: some components first, the others then. That comes to the same. */
  private async backAndInTwo(target: Target, settled: Settled): Promise<void> {
    const { tally } = this.context;
    const last = this.made.at(-1) ?? fail('nothing was upgraded');
    const upgraded = await this.install.snapshot();
    const after = await this.install.definitions();
    await this.rollBack(last.upgradeId);
    expect(await this.install.snapshot()).toEqual(last.before);
    tally.rollbacks += 1;
    const hold = { appId: this.install.appId, installationId: this.install.installationId, version: last.version, reason: undefined };
    await handleReleaseHold(this.services, tester, hold);
    const before = await this.install.definitions();
    const components = await this.someOf(target, settled);
    if (components) {
      await this.apply(target, settled, await this.plan(target, undefined, undefined, components), undefined, components);
      for (const [key, { tree }] of await this.install.definitions())
        expect(
          [before.get(key), after.get(key)].map((side) => side && withoutReferences(side.tree)),
          key,
        ).toContain(withoutReferences(tree));
      tally.inTwo += 1;
    } else tally.inTwoRefused += 1;
    const { pendingVersion } = await this.install.installation();
    if (!components || pendingVersion !== undefined) await this.apply(target, settled, await this.plan(target));
    expect(await this.install.snapshot()).toEqual(upgraded);
    this.made = [];
  }

  /** Some components that can be moved before the others, and leave others to move; undefined where a few attempts find none. */
  private async someOf(target: Target, settled: Settled): Promise<string[] | undefined> {
    const { random } = this.context;
    const all = (await this.plan(target)).components.map(({ templateComponentId }) => templateComponentId);
    for (let attempt = 0; attempt < 5; attempt++) {
      const some = all.filter(() => random.chance(0.5));
      if (some.length === 0) continue;
      const asking = await this.plan(target, undefined, undefined, some);
      const plan = await this.plan(target, settled, asking, some);
      if (plan.problems.length === 0 && plan.pending.length > 0) return some;
    }
    return undefined;
  }

  /** Undoes the last upgrade after edits: each is kept, or asked about. Undoing that gives everything back. */
  private async backAfterEdits(): Promise<void> {
    const { random, tally } = this.context;
    const { upgradeId } = this.made.at(-1) ?? fail('nothing was upgraded');
    const start = await this.install.definitions();
    await this.install.edit();
    const end = await this.install.definitions();
    const edited = await this.install.snapshot();
    const command = { appId: this.install.appId, upgradeId, resolutions: [] };
    const asking = await planRollbackOf(this.services, { ...command, policy: 'ASK' });
    const side = random.pick(['LOCAL', 'TEMPLATE'] as const);
    const policy = `PREFER_${side}` as const;
    const plan = await planRollbackOf(this.services, { ...command, policy });
    const rollback = handleRollback(this.services, tester, { ...command, policy, planFingerprint: plan.fingerprint, acceptDataLoss: true });
    if (plan.problems.length > 0) {
      await expect(rollback).rejects.toMatchObject({ code: 'PLAN_INAPPLICABLE' });
      tally.rollbacksRefused += 1;
      return;
    }
    const { result } = await rollback;
    expectEditsKept({ start, end, result: await this.install.definitions(), side, plan: asking });
    await this.rollBack(result.upgradeId);
    expect(await this.install.snapshot()).toEqual(edited);
    await this.install.compare();
    tally.rollbacksWithEdits += 1;
    tally.rollbackConflicts += asking.conflicts.length;
  }

  /** With nothing edited since, there is nothing to ask about. */
  private async rollBack(upgradeId: UpgradeId): Promise<UpgradeId> {
    const command = { appId: this.install.appId, upgradeId, resolutions: [], policy: 'ASK' as const };
    const plan = await planRollbackOf(this.services, command);
    expect({ conflicts: plan.conflicts, problems: plan.problems }).toEqual({ conflicts: [], problems: [] });
    const { result } = await handleRollback(this.services, tester, { ...command, planFingerprint: plan.fingerprint, acceptDataLoss: true });
    return result.upgradeId;
  }

  private plan({ version }: Target, settled?: Settled, asking?: UpgradePlan, components?: readonly string[]): Promise<UpgradePlan> {
    return planUpgradeOf(this.services, this.command(version, settled, asking, components));
  }

  private async apply(
    { version }: Target,
    settled: Settled,
    asking: UpgradePlan,
    planFingerprint?: string,
    components?: readonly string[],
  ): Promise<UpgradeId> {
    const command = { ...this.command(version, settled, asking, components), planFingerprint, acceptDataLoss: true };
    return (await handleUpgrade(this.services, tester, command)).result.upgradeId;
  }

  private command(
    toVersion: string,
    settled: Settled = { policy: 'ASK', choices: new Map() },
    asking?: UpgradePlan,
    components?: readonly string[],
  ): Parameters<typeof planUpgradeOf>[1] {
    const resolutions: Resolution[] = (settled.policy === 'ASK' ? (asking?.conflicts ?? []) : []).map((conflict) => ({
      componentKey: conflict.componentKey,
      path: conflict.path,
      choice: settled.choices.get(placeOf(conflict)) ?? fail(`no choice for ${placeOf(conflict)}`),
    }));
    const { policy } = settled;
    return { appId: this.install.appId, installationId: undefined, toVersion, components, resolutions, policy };
  }

  private get services(): RunningBackend['services'] {
    return this.context.backend.services;
  }
}

/** In canonical form. References show under the keys of what is there at the time. */
function withoutReferences({ dependsOn: _, extra: { depends_on: __, ...extra } = {}, ...rest }: Tree): string {
  return canonical({ ...rest, extra });
}

function chooserOf({ choices }: Settled): Choose {
  return (componentKey, path) => choices.get(`${componentKey} ${path}`);
}

function placeOf({ componentKey, path }: { readonly componentKey: string; readonly path: string }): string {
  return `${componentKey} ${path}`;
}

function told({ components, appFields }: UpgradePlan): string[] {
  const fields = [...appFields, ...components.flatMap((component) => component.fields)];
  return fields.map(({ componentKey, path, outcome }) => `${componentKey} ${path} ${outcome}`).sort();
}
