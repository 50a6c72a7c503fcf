/** What the walks of a project have met. */
export interface Tally {
  upgrades: number;
  clean: number;
  withConflicts: number;
  conflicts: number;
  settled: number;
  /** Plans that had problems, which were mended. */
  problems: number;
  inTwo: number;
  /** Partial upgrades that would have broken something in between, and were not made. */
  inTwoRefused: number;
  rollbacks: number;
  /** Of several upgrades at once. */
  rollbacksOfSeveral: number;
  rollbacksWithEdits: number;
  rollbackConflicts: number;
  /** Rollbacks whose plan had problems, and which were refused. */
  rollbacksRefused: number;
}

export function emptyTally(): Tally {
  return {
    upgrades: 0,
    clean: 0,
    withConflicts: 0,
    conflicts: 0,
    settled: 0,
    problems: 0,
    inTwo: 0,
    inTwoRefused: 0,
    rollbacks: 0,
    rollbacksOfSeveral: 0,
    rollbacksWithEdits: 0,
    rollbackConflicts: 0,
    rollbacksRefused: 0,
  };
}

/** The head of the table whose rows `rowOf` makes. */
export const HEAD =
  '| project | versions | published | upgrades | clean | with conflicts | conflicts | settled | plans with problems | in two = at once | in two refused | rollbacks restored | of several | with later edits | their conflicts | refused |';

export function rowOf(project: string, versions: number, published: number, tally: Tally): string {
  return `| ${[project, versions, published, ...Object.values(tally)].join(' | ')} |`;
}
