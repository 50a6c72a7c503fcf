import type { AppView, Installation } from '../app/state.js';
import type { ContentLookup } from '../definition/content.js';
import { Refusal } from '../errors.js';
import type { Digest, InstallationId } from '../ids.js';
import type { Manifests } from '../app/names.js';
import { Keyspaces } from './keyspaces.js';
import { digestsOfEdits, withoutEdits, type Span, type Spans } from './later-edits.js';
import type { PlanRequest } from './plan-request.js';
import { digestsBeside, targetBefore } from './rollback-target.js';
import type { Run } from './runs.js';
import type { Undoing } from './undoing.js';

/** An installation now and at the times that matter to undoing some of its upgrades. */
export interface RollbackCase {
  readonly view: AppView;
  readonly installation: Installation;
  /** Just before the first upgrade that is undone. */
  readonly then: AppView;
  readonly before: Installation;
  readonly spans: Spans;
}

/** The revisions at which `rollbackCase` wants to see the app: before each run that is undone or came after it, around its rests, and after it. */
export function revisionsOf({ runs }: Undoing): number[] {
  return runs.flatMap(timesOf);
}

function timesOf({ upgradeId, started, rests, ended }: Run): number[] {
  if (ended === undefined) throw new Error(`upgrade ${upgradeId} is not over`);
  return [started - 1, ...rests.flatMap(({ from, until }) => [from, until]), ended];
}

/**
 * @param views those at `revisionsOf`.
 * @throws Refusal NOT_FOUND where the installation was removed from the app since.
 */
export function rollbackCase({ runs }: Undoing, views: readonly AppView[], view: AppView): RollbackCase {
  const [then] = views;
  if (!then) throw new Error('the app before what is undone was not given');
  const { installationId } = runs[0];
  const spans: Span[] = [];
  let next = 0;
  for (const run of runs) {
    const times = views.slice(next, (next += timesOf(run).length));
    if (run.held) spans.push(...spansBetween(times).map((span, n) => (n % 2 === 0 ? { ...span, held: run.held } : span)));
    spans.push(...spansBetween([...times.slice(-1), views[next] ?? view]));
  }
  return { view, installation: installationIn(view, installationId), then, before: installationIn(then, installationId), spans };
}

/** Each time to the next one. */
function spansBetween(times: readonly AppView[]): Span[] {
  return times.slice(1).flatMap((end, n) => {
    const start = times[n];
    return start ? [{ start, end }] : [];
  });
}

/** The contents that `rollbackRequest` reads. */
export function digestsToUndo({ spans, installation, then, before }: RollbackCase): Digest[] {
  return [...digestsOfEdits(spans, installation.installationId), ...digestsBeside(then, before)];
}

/** What a rollback plans: the way back to what there was, with what was edited since. */
export function rollbackRequest(
  { view, installation, then, before, spans }: RollbackCase,
  choices: Pick<PlanRequest, 'resolutions' | 'policy'> & Pick<NonNullable<PlanRequest['rollsBack']>, 'upgradeId'>,
  lookup: ContentLookup,
): PlanRequest {
  const { installationId } = installation;
  const { upgradeId, resolutions, policy } = choices;
  const keyspaces = new Keyspaces(view, installation, { manifests: manifestsOf(spans, installationId) });
  const unedited = withoutEdits(spans, installationId, keyspaces, lookup);
  return { view, installation, target: targetBefore(then, before, lookup), resolutions, policy, rollsBack: { upgradeId, ...unedited } };
}

/** Of all versions that components stood at, so that their references can be told in the keys of any of them. */
function manifestsOf(spans: Spans, installationId: InstallationId): Manifests {
  const views = spans.flatMap(({ start, end }) => [start, end]);
  return new Map(views.flatMap(({ manifests }) => [...(manifests.get(installationId) ?? [])]));
}

function installationIn({ state }: AppView, installationId: InstallationId): Installation {
  const installation = state.installations.get(installationId);
  if (installation) return installation;
  throw new Refusal('NOT_FOUND', `the app has no installation ${installationId} any more`, { installationId });
}
