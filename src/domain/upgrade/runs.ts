import type { AppEvent } from '../app/events.js';
import type { InstallationId, UpgradeId } from '../ids.js';

/** An upgrade or a rollback of an installation, as the stream of its app tells it. */
export interface Run {
  readonly upgradeId: UpgradeId;
  readonly kind: 'UPGRADE' | 'ROLLBACK';
  readonly installationId: InstallationId;
  /** Label of the version that it went to. */
  readonly toVersion: string;
  /** Revision of the event that it starts with. */
  readonly started: number;
  /** Revision of the event that it ends with; undefined while it runs. */
  readonly ended: number | undefined;
  /** The last run of the installation, before this one started, that was not rolled back. */
  readonly before: Run | undefined;
  /** The last run before this one that is not rolled back once this one is over: of a rollback, what stood before the run that it undoes. */
  readonly under: Run | undefined;
}

/** The runs of an app's installations, oldest first, as events are added in their order. */
export class UpgradeRuns {
  readonly #runs = new Map<UpgradeId, Run>();
  /** Of each installation, the last one that is not rolled back. */
  readonly #tops = new Map<InstallationId, Run>();

  add({ type, data }: AppEvent, revision: number): void {
    if (type === 'UpgradeStarted' || type === 'RollbackStarted') {
      const { upgradeId, installationId, toVersion } = data;
      const before = this.#tops.get(installationId);
      const kind = type === 'UpgradeStarted' ? 'UPGRADE' : 'ROLLBACK';
      const under = type === 'UpgradeStarted' ? before : this.#runs.get(data.rollsBack)?.before;
      const run = { upgradeId, kind, installationId, toVersion, started: revision, ended: undefined, before, under } as const;
      this.#runs.set(upgradeId, run);
      this.#tops.set(installationId, run);
    } else if (type === 'AppUpgraded' || type === 'AppPartlyUpgraded' || type === 'AppRolledBack') {
      const run = this.#runs.get(data.upgradeId);
      if (!run) throw new Error(`${type} of an upgrade that did not start`);
      const ended = { ...run, ended: revision };
      this.#runs.set(run.upgradeId, ended);
      this.#tops.set(run.installationId, ended);
    }
  }

  get(upgradeId: UpgradeId): Run | undefined {
    return this.#runs.get(upgradeId);
  }

  /** Those of an installation, oldest first. */
  of(installationId: InstallationId): Run[] {
    return [...this.#runs.values()].filter((run) => run.installationId === installationId);
  }

  /** Those of an installation that are not rolled back now, newest first. */
  standing(installationId: InstallationId): Run[] {
    return standingFrom(this.#tops.get(installationId));
  }
}

/** A run and those under it, newest first. */
export function standingFrom(top: Run | undefined): Run[] {
  const runs: Run[] = [];
  for (let run = top; run; run = run.under) runs.push(run);
  return runs;
}
