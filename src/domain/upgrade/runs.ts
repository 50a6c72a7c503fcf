import type { AppEvent } from '../app/events.js';
import type { ExternalRun } from '../app/upgrade-events.js';
import type { InstallationId, TemplateComponentId, UpgradeId } from '../ids.js';

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
  /** Whether it ended with nothing moved. */
  readonly failed: boolean;
  /** Where an integration carried it out: what it held meanwhile. Everything else of the installation could be edited. */
  readonly held: Held | undefined;
  /** Times in which it was over, before it was retried: it held nothing. */
  readonly rests: readonly Rest[];
  /** The last run of the installation, before this one started, that was not rolled back. */
  readonly before: Run | undefined;
  /** The last run before this one that is not rolled back once this one is over: of a rollback, what stood before the run that it undoes. */
  readonly under: Run | undefined;
}

/** From the event that it ended with to the last one before its retry, by revision. */
export interface Rest {
  readonly from: number;
  readonly until: number;
}

export interface Held {
  readonly components: ReadonlySet<TemplateComponentId>;
  /** Whether the app-level content, too. */
  readonly content: boolean;
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
      const held = type === 'UpgradeStarted' ? heldBy(data.external) : undefined;
      const run = {
        upgradeId,
        kind,
        installationId,
        toVersion,
        started: revision,
        ended: undefined,
        failed: false,
        held,
        rests: [],
        before,
        under,
      } as const;
      this.#runs.set(upgradeId, run);
      this.#tops.set(installationId, run);
    } else if (type === 'AppUpgraded' || type === 'AppPartlyUpgraded' || type === 'AppRolledBack') {
      this.#change(data.upgradeId, { ended: revision, failed: false });
    } else if (type === 'UpgradeRetried') {
      const { ended, rests = [] } = this.#runs.get(data.upgradeId) ?? {};
      const rest = ended === undefined ? [] : [{ from: ended, until: revision - 1 }];
      this.#change(data.upgradeId, { ended: undefined, failed: false, rests: [...rests, ...rest] });
    } else if (type === 'UpgradeFailed') {
      const { installationId, before } = this.#change(data.upgradeId, { ended: revision, failed: true });
      // Nothing moved: what stands is what stood.
      if (before) this.#tops.set(installationId, before);
      else this.#tops.delete(installationId);
    }
  }

  #change(upgradeId: UpgradeId, change: Pick<Run, 'ended' | 'failed'> & Partial<Pick<Run, 'rests'>>): Run {
    const run = this.#runs.get(upgradeId);
    if (!run) throw new Error(`upgrade ${upgradeId} did not start`);
    const changed = { ...run, ...change };
    this.#runs.set(upgradeId, changed);
    this.#tops.set(run.installationId, changed);
    return changed;
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

function heldBy(external: ExternalRun | undefined): Held | undefined {
  if (!external) return undefined;
  const components = new Set(external.steps.map(({ templateComponentId }) => templateComponentId));
  return { components, content: external.content !== undefined };
}
