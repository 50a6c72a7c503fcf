import type { JudgedInstall, Rehearsal as Rehearsed } from '../../queries/rehearsal/rehearsal.js';
import { encodePosition } from '../../store/position.js';
import type { Rehearsal, RehearsalInstall, RehearsalProgress } from './rehearsal.types.js';

export type RehearsalNode = Rehearsal & { readonly __typename: 'Rehearsal'; readonly rehearsed: Rehearsed };

/** A rehearsal as it stands now. */
export function toRehearsalNode(logId: string, rehearsed: Rehearsed): RehearsalNode {
  const { id, subject, progress, tally, position, cases, failure } = rehearsed;
  return {
    __typename: 'Rehearsal',
    rehearsed,
    id,
    state: progress.state,
    error: failure ?? null,
    version: subject.version,
    basedOn: subject.basedOn ?? null,
    appRevision: subject.appRevision,
    position: position === undefined ? null : encodePosition(logId, position),
    processed: progress.processed,
    total: progress.total ?? null,
    cases: cases ?? null,
    summary: {
      clean: tally.of('CLEAN'),
      unchanged: tally.of('UNCHANGED'),
      conflicts: tally.of('CONFLICTS'),
      blocked: tally.of('BLOCKED'),
      notOffered: tally.of('NOT_OFFERED'),
      dataLoss: tally.blocking.find(({ code }) => code === 'DATA_LOSS')?.installs ?? 0,
    },
    conflictPaths: tally.conflictPaths,
    blocking: tally.blocking,
  };
}

export function toRehearsalInstall({ appId, installationId, version, judgement }: JudgedInstall): RehearsalInstall {
  const { outcome, conflicts, problems, losses, places } = judgement;
  return { appId, installationId, currentVersion: version, outcome, conflicts, problems, losses, places: [...places] };
}

export function toProgress({ id, progress }: Rehearsed): RehearsalProgress {
  return { id, state: progress.state, processed: progress.processed, total: progress.total ?? null };
}
