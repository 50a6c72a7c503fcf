import { Refusal } from '../errors.js';
import { installedComponentId, type ComponentId, type InstallationId, type TemplateComponentId } from '../ids.js';
import { unreported, type UpgradeRun } from '../upgrade/running.js';

/** An open run in an app. */
export interface RunHere {
  readonly installationId: InstallationId;
  readonly run: UpgradeRun;
  /** The keys of the installation's components as they stand, without what is only wanted. */
  readonly standing: ReadonlyMap<TemplateComponentId, string>;
}

/** What upgrades that integrations carry out hold in an app until they are over: nobody else may change that. */
export class UnderWay {
  readonly #components = new Map<ComponentId, UpgradeRun>();
  readonly #keys = new Map<string, UpgradeRun>();
  readonly #renames = new Map<string, { readonly to: string; readonly installationId: InstallationId }>();

  constructor(readonly runs: readonly RunHere[]) {
    for (const { installationId, run, standing } of runs) {
      for (const id of run.steps.keys()) {
        this.#components.set(installedComponentId(installationId, id), run);
        const key = standing.get(id);
        if (key !== undefined) this.#keys.set(key, run);
      }
      for (const id of run.followers) this.#components.set(id, run);
      for (const { templateComponentId: id, key: to } of unreported(run)) {
        const from = standing.get(id);
        if (from !== undefined && from !== to) this.#renames.set(from, { to, installationId });
      }
    }
  }

  /** The run that changes a component, or a component that it depends on by a key that is to be another. */
  holding(componentId: ComponentId): UpgradeRun | undefined {
    return this.#components.get(componentId);
  }

  /** The run that a key is to be free for: where what it makes of the component that has it fails, it has it again. */
  holdingKey(key: string): UpgradeRun | undefined {
    return this.#keys.get(key);
  }

  /** The run of an installation. */
  of(installationId: InstallationId): UpgradeRun | undefined {
    return this.runs.find((here) => here.installationId === installationId)?.run;
  }

  /**
   * What a reference to a key is to be once all that is wanted is done; the key itself where it stays.
   * @param of the installation of the component that has the reference, whose siblings it names by identity; undefined of an own component.
   */
  renamed(key: string, of: InstallationId | undefined): string {
    const renamed = this.#renames.get(key);
    return renamed && renamed.installationId !== of ? renamed.to : key;
  }

  get renames(): boolean {
    return this.#renames.size > 0;
  }
}

export const NOTHING_UNDER_WAY = new UnderWay([]);

/** Says who holds what, until when, and what ends it. */
export function upgradeRunning(what: string, { upgradeId, leaseUntil, status }: UpgradeRun): Refusal {
  const ends =
    status === 'UNKNOWN'
      ? 'its outcome is unknown: say how it came out (settleUpgrade) or have it done again (retryUpgrade) first'
      : `its lease runs until ${leaseUntil}: wait until it is over, or say how it came out (settleUpgrade)`;
  return new Refusal('UPGRADE_RUNNING', `${what}: upgrade ${upgradeId} is under way, ${ends}`, {
    upgradeId,
    until: leaseUntil,
    state: status,
  });
}
