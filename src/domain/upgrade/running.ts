import type { ExternalRun, UpgradeStep } from '../app/upgrade-events.js';
import { overrideAfter, setOverride, type Overrides } from '../app/override.js';
import type { TemplateComponentId, UpgradeId } from '../ids.js';

/** An upgrade that an integration carries out and reports, component by component, in any order. */
export interface UpgradeRun extends Omit<ExternalRun, 'steps'> {
  readonly upgradeId: UpgradeId;
  readonly fromVersion: string;
  readonly toVersion: string;
  /** UNKNOWN: the lease ran out. ENDED: each component was reported; what failed may be tried again until something else moves the installation. */
  readonly status: 'RUNNING' | 'UNKNOWN' | 'ENDED';
  readonly steps: ReadonlyMap<TemplateComponentId, UpgradeStep>;
  /** What was reported last of those of which something was. */
  readonly reports: ReadonlyMap<TemplateComponentId, RunReport>;
}

export interface RunReport {
  readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED';
  readonly message: string | undefined;
}

export function startRun(
  { upgradeId, fromVersion, toVersion }: Pick<UpgradeRun, 'upgradeId' | 'fromVersion' | 'toVersion'>,
  external: ExternalRun,
): UpgradeRun {
  const steps = new Map(external.steps.map((step) => [step.templateComponentId, step]));
  return { ...external, upgradeId, fromVersion, toVersion, status: 'RUNNING', steps, reports: new Map() };
}

/** A report, which also tells that the integration is there. */
export function withReport(run: UpgradeRun, id: TemplateComponentId, report: RunReport, leaseUntil: string | undefined): UpgradeRun {
  const reports = new Map(run.reports).set(id, report);
  return leaseUntil === undefined ? { ...run, reports } : { ...run, reports, status: 'RUNNING', leaseUntil };
}

export function withRetried(
  run: UpgradeRun,
  ids: readonly TemplateComponentId[],
  { leaseSeconds, leaseUntil }: Pick<UpgradeRun, 'leaseSeconds' | 'leaseUntil'>,
): UpgradeRun {
  const again = new Set(ids);
  const reports = new Map([...run.reports].filter(([id]) => !again.has(id)));
  return { ...run, leaseSeconds, leaseUntil, reports, status: 'RUNNING' };
}

/** Whether it holds what it changes: nobody else may change that. */
export function isOpen(run: UpgradeRun | undefined): run is UpgradeRun {
  return run !== undefined && run.status !== 'ENDED';
}

/** Labels of the versions that components stand at once its steps are done, and of the one that it moves to. */
export function versionsOfRun({ toVersion, steps }: UpgradeRun): string[] {
  const ahead = [...steps.values()].filter(({ action }) => action === 'ADD' || action === 'UPDATE');
  return [toVersion, ...ahead.flatMap(({ version }) => (version === undefined ? [] : [version]))];
}

/** Whether there is something for the integration to do; what stays as it is is recorded with the end. */
export function isReportable({ action, rewritten }: UpgradeStep): boolean {
  return action !== 'KEEP' && !rewritten;
}

/** The steps that an integration has to report, and has not, or not yet to the end. */
export function unreported(run: UpgradeRun): UpgradeStep[] {
  return [...run.steps.values()].filter(
    (step) => isReportable(step) && (run.reports.get(step.templateComponentId)?.state ?? 'RUNNING') === 'RUNNING',
  );
}

export function stepsReported(run: UpgradeRun, state: RunReport['state']): UpgradeStep[] {
  return [...run.steps.values()].filter((step) => isReportable(step) && run.reports.get(step.templateComponentId)?.state === state);
}

/** What an installation is and may depend on an open run. */
interface RunningInstallation {
  readonly version: string;
  readonly overrides: Overrides;
  readonly run: UpgradeRun | undefined;
}

/** The overrides as they are wanted: those of the steps that are not reported laid over those that there are. What failed stands where it stood. */
export function desiredOverrides({ version, overrides, run }: RunningInstallation): Overrides {
  if (!isOpen(run)) return overrides;
  const desired = new Map(overrides);
  for (const step of unreported(run)) {
    const id = step.templateComponentId;
    setOverride(desired, id, overrideAfter(step, version, overrides.get(id)));
  }
  return desired;
}
