import type { Pointer } from '../pointer.js';
import type { Manifest } from '../template/manifest.js';
import type { UpgradePlan } from '../upgrade/plan.js';
import { UNDER_WAY, type BlockingCode, type Judgement, type RehearsalOutcome } from './outcome.js';

/** A place of the template that installs clash with. Its key is the template's, whatever an install calls the component; empty for app-level content. */
export interface ConflictPath {
  readonly componentKey: string;
  readonly path: Pointer;
  readonly installs: number;
}

export interface BlockingCount {
  readonly code: BlockingCode;
  readonly installs: number;
}

const MOST_COMMON = 10;

/** Counts what plans mean for installs. A plan is counted once, for all the installs that it is the plan of. */
export class Tally {
  readonly #outcomes = new Map<RehearsalOutcome, number>();
  readonly #blocking = new Map<BlockingCode, number>();
  readonly #paths = new Map<string, { readonly componentKey: string; readonly path: Pointer; installs: number }>();
  #processed = 0;

  /** @param target the manifest that the plan leads to. */
  add(judgement: Judgement, plan: UpgradePlan | undefined, installs: number, target: Manifest): void {
    this.#processed += installs;
    raise(this.#outcomes, judgement.outcome, installs);
    if (judgement === UNDER_WAY) raise(this.#blocking, 'UPGRADE_RUNNING', installs);
    if (!plan) return;
    const codes = new Set<BlockingCode>(plan.problems.map(({ code }) => code));
    if (judgement.losses > 0) codes.add('DATA_LOSS');
    for (const code of codes) raise(this.#blocking, code, installs);
    for (const place of placesOf(plan, target)) {
      const known = this.#paths.get(JSON.stringify(place));
      if (known) known.installs += installs;
      else this.#paths.set(JSON.stringify(place), { componentKey: place[0], path: place[1], installs });
    }
  }

  /** Installs that were counted. */
  get processed(): number {
    return this.#processed;
  }

  of(outcome: RehearsalOutcome): number {
    return this.#outcomes.get(outcome) ?? 0;
  }

  /** What blocks, with the number of installs that have it. An install that has several counts at each. */
  get blocking(): BlockingCount[] {
    const counts = [...this.#blocking].map(([code, installs]) => ({ code, installs }));
    return counts.sort((a, b) => b.installs - a.installs || (a.code < b.code ? -1 : 1));
  }

  /** The places that the most installs clash at, the most common first. */
  get conflictPaths(): ConflictPath[] {
    return [...this.#paths.values()].sort(byInstalls).slice(0, MOST_COMMON);
  }
}

type Place = readonly [componentKey: string, path: Pointer];

/** Where a plan has conflicts, each place once: the components of an install may have keys of their own. */
function placesOf({ components, appFields }: UpgradePlan, target: Manifest): Place[] {
  return [
    ...components.flatMap(({ templateComponentId, key, fields }) => {
      const name = target.components.get(templateComponentId)?.key ?? key;
      return fields.filter(({ outcome }) => outcome === 'CONFLICT').map(({ path }): Place => [name, path]);
    }),
    ...appFields.filter(({ outcome }) => outcome === 'CONFLICT').map(({ path }): Place => ['', path]),
  ];
}

function byInstalls(a: ConflictPath, b: ConflictPath): number {
  if (a.installs !== b.installs) return b.installs - a.installs;
  if (a.componentKey !== b.componentKey) return a.componentKey < b.componentKey ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}

function raise<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
