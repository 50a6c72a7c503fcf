import { expect } from 'vitest';
import { rollBackUpgrade } from '../../src/domain/app/decide-rollback.js';
import { upgradeApp } from '../../src/domain/app/decide-upgrade.js';
import { definitionOf } from '../../src/domain/app/components.js';
import type { RollBackUpgrade, UpgradeApp } from '../../src/domain/app/commands.js';
import type { AppEvent } from '../../src/domain/app/events.js';
import { evolveApp } from '../../src/domain/app/evolve.js';
import { versionsOf, viewApp, type AppView } from '../../src/domain/app/state.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Definition } from '../../src/domain/definition/definition.js';
import { normalizeDefinition, type DefinitionDraft } from '../../src/domain/definition/normalize.js';
import { Refusal, type RefusalCode } from '../../src/domain/errors.js';
import {
  installedComponentId,
  type AppId,
  type ComponentId,
  type Digest,
  type InstallationId,
  type TemplateComponentId,
  type TemplateId,
  type UpgradeId,
} from '../../src/domain/ids.js';
import type { JsonObject } from '../../src/domain/json.js';
import { manifestDigest, type Manifest } from '../../src/domain/template/manifest.js';
import type { PlanRequest } from '../../src/domain/upgrade/plan-request.js';
import { digestsToPlan, planUpgrade } from '../../src/domain/upgrade/plan-upgrade.js';
import type { ComponentPlan, ConflictPolicy, Resolution, UpgradePlan } from '../../src/domain/upgrade/plan.js';
import { digestsToUndo, revisionsOf, rollbackCase, rollbackRequest } from '../../src/domain/upgrade/rollback-request.js';
import { UpgradeRuns } from '../../src/domain/upgrade/runs.js';
import { versionTarget } from '../../src/domain/upgrade/target.js';
import { undoing, type Undoing } from '../../src/domain/upgrade/undoing.js';
import { Contents, type Draft } from './contents.js';

export const appId = 'app' as AppId;
export const templateId = 'template' as TemplateId;
export const installationId = 'i' as InstallationId;
export const upgradeId = 'upgrade' as UpgradeId;

export const own = (key: string): ComponentId => `id of ${key}` as ComponentId;
/** A component of the installation, by its identity in the template. */
export const installed = (id: string, of = installationId): ComponentId => installedComponentId(of, id as TemplateComponentId);

type Decide = (view: AppView, contents: Contents) => Decision<AppEvent>;

/** An app and the versions of a template. The events that it is given are the past; a decision is on what they fold to. */
export class Scenario {
  readonly contents = new Contents();
  readonly #versions = new Map<string, Manifest>();
  readonly #events: AppEvent[] = [{ type: 'AppCreated', data: { appId, name: 'shop', team: 'team' } }];

  /** A version of the template, given as identity to component; a component's key is its identity unless it says another. */
  version(label: string, components: Readonly<Record<string, Draft>>, extra?: JsonObject): this {
    this.#versions.set(label, this.contents.manifest(components, extra));
    return this;
  }

  given(...events: readonly AppEvent[]): this {
    this.#events.push(...events);
    return this;
  }

  /** A component of the app's own. */
  added(draft: DefinitionDraft): this {
    return this.given({
      type: 'ComponentAdded',
      data: { appId, componentId: own(draft.key), key: draft.key, digest: this.contents.define(draft) },
    });
  }

  installed(version: string, of = installationId): this {
    const manifest = manifestDigest(this.manifest(version));
    const data = { appId, installationId: of, templateId, version, manifest, templateRevision: 1, keys: [] };
    return this.given({ type: 'TemplateInstalled', data });
  }

  /** A decision that was made before. */
  after(decide: Decide): this {
    const decision = decide(this.view, this.contents);
    if (!decision.accepted) throw decision.refusal;
    for (const { body } of decision.contents) this.contents.add(body);
    return this.given(...decision.events);
  }

  when(decide: Decide): Outcome {
    return new Outcome(
      this,
      attempt(() => decide(this.view, this.contents)),
    );
  }

  /** The plan of an upgrade to a version, with nothing but the contents that it says it needs. */
  plan(version: string, { resolutions = [], policy = 'ASK', chosen, of = installationId }: Choosing = {}): UpgradePlan {
    const { view } = this;
    const installation = view.state.installations.get(of);
    if (!installation) throw new Error(`${of} is not installed`);
    const request: PlanRequest = {
      view,
      installation,
      target: versionTarget(version, this.manifest(version)),
      chosen,
      resolutions,
      policy,
    };
    return planUpgrade(request, this.contents.only(digestsToPlan(request)));
  }

  upgrade(version: string, command: Choosing & Partial<Omit<UpgradeApp, keyof Choosing>> = {}): Decide {
    return (view) => {
      const { policy = 'ASK', resolutions = [], chosen, of } = command;
      const plan = this.plan(version, { policy, resolutions, chosen, of });
      const manifest = manifestDigest(this.manifest(version));
      const lease = { now: '2026-01-01T00:00:00.000Z' };
      const common = { upgradeId, templateId, templateRevision: 2, manifestDigest: manifest, acceptDataLoss: false, lease };
      return upgradeApp({ ...common, ...command, plan, policy, resolutions }, view);
    };
  }

  /** The plan of undoing an upgrade, with nothing but the contents that it says it needs. */
  rollbackPlan(id: string = upgradeId, choosing: Choosing = {}): UpgradePlan {
    return this.#planRollback(id, choosing).plan;
  }

  /** The digests that such a plan reads. */
  rollbackDigests(id: string = upgradeId): ReadonlySet<Digest> {
    return this.#planRollback(id, {}).digests;
  }

  rollback(id: string = upgradeId, command: Choosing & Partial<RollBackUpgrade> = {}): Decide {
    return (view) => {
      const { policy = 'ASK', resolutions = [] } = command;
      const { plan, undone, version, pendingVersion } = this.#planRollback(id, { policy, resolutions });
      const common = { upgradeId: `rollback of ${id}` as UpgradeId, templateId, templateRevision: 2, acceptDataLoss: false };
      const manifest = manifestDigest(this.manifest(version));
      const decided = { plan, undoing: undone, rollsBack: id as UpgradeId, pendingVersion, manifestDigest: manifest, policy, resolutions };
      return rollBackUpgrade({ ...common, ...command, ...decided }, view);
    };
  }

  #planRollback(id: string, { resolutions = [], policy = 'ASK' }: Choosing): PlannedRollback {
    const runs = new UpgradeRuns();
    for (const [revision, event] of this.#events.entries()) runs.add(event, revision);
    const undone = undoing(id as UpgradeId, runs);
    const views = revisionsOf(undone).map((revision) => this.#viewOf(this.#events.slice(0, revision + 1)));
    const found = rollbackCase(undone, views, this.view);
    const toUndo = digestsToUndo(found);
    const request = rollbackRequest(found, { upgradeId: id as UpgradeId, resolutions, policy }, this.contents.only(toUndo));
    const toPlan = digestsToPlan(request);
    const { version, pendingVersion } = found.before;
    const plan = planUpgrade(request, this.contents.only(toPlan));
    return { plan, undone, version, pendingVersion, digests: new Set([...toUndo, ...toPlan]) };
  }

  manifest(version: string): Manifest {
    const manifest = this.#versions.get(version);
    if (!manifest) throw new Error(`no version ${version}`);
    return manifest;
  }

  get view(): AppView {
    return this.#viewOf(this.#events);
  }

  #viewOf(events: readonly AppEvent[]): AppView {
    const state = evolveApp(undefined, events);
    if (!state) throw new Error('the app is deleted');
    const manifests = [...state.installations.values()].map((installation) => {
      const labels = [...versionsOf(installation)];
      return [installation.installationId, new Map(labels.map((label) => [label, this.manifest(label)]))] as const;
    });
    return viewApp(state, new Map(manifests));
  }

  /** The app's components as they are, by key. */
  get components(): Record<string, Definition> {
    const { view, contents } = this;
    return Object.fromEntries(view.components.map((component) => [component.key, definitionOf(component, view, contents)]));
  }

  get events(): readonly AppEvent[] {
    return this.#events;
  }
}

interface PlannedRollback {
  readonly plan: UpgradePlan;
  readonly undone: Undoing;
  readonly version: string;
  readonly pendingVersion: string | undefined;
  readonly digests: ReadonlySet<Digest>;
}

interface Choosing {
  readonly resolutions?: readonly Resolution[];
  readonly policy?: ConflictPolicy;
  readonly chosen?: ReadonlySet<TemplateComponentId> | undefined;
  /** The installation where there are several. */
  readonly of?: InstallationId | undefined;
}

/** What came of a decision; refusals that are thrown are refusals. */
class Outcome {
  constructor(
    private readonly scenario: Scenario,
    private readonly decision: Decision<AppEvent>,
  ) {}

  /** These events, given as type and some of the data. */
  then(...events: readonly (readonly [AppEvent['type'], JsonObject?])[]): Scenario {
    if (!this.decision.accepted) throw this.decision.refusal;
    expect(this.decision.events.map(({ type }) => type)).toEqual(events.map(([type]) => type));
    expect(this.decision.events.map(({ data }) => data)).toMatchObject(events.map(([, data]) => data ?? {}));
    return this.scenario.after(() => this.decision);
  }

  thenRefuses(code: RefusalCode, details: JsonObject = {}): void {
    expect(this.decision).toMatchObject({ accepted: false, refusal: { code, details } });
  }
}

function attempt(decide: () => Decision<AppEvent>): Decision<AppEvent> {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal) return { accepted: false, refusal: error };
    throw error;
  }
}

/** The outcomes of a component's plan, by path. */
export function outcomesOf({ fields }: Pick<ComponentPlan, 'fields'>): Record<string, string> {
  return Object.fromEntries(fields.map(({ path, outcome }) => [path, outcome]));
}

/** The plan of the component that has, or had, a key. */
export function planned(plan: UpgradePlan, key: string): ComponentPlan {
  const component = plan.components.find((each) => each.key === key);
  if (!component) throw new Error(`the plan has no component ${key}`);
  return component;
}

/** A component in normal form, as a test writes it. */
export const component = (draft: DefinitionDraft): Definition => normalizeDefinition(draft);
