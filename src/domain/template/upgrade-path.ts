import { RightmostMinimum } from '../rightmost-minimum.js';
import { inRange, type VersionRange } from '../version-range.js';

/** A version as upgrades see it. */
export interface Stop {
  readonly label: string;
  readonly sortKey: string;
  /** From where it can be reached in one hop; undefined where that is any smaller version. */
  readonly upgradeFrom: VersionRange | undefined;
}

/** Whether a larger version can be reached in one hop from the version with this sort key. */
export function isOpenFrom({ upgradeFrom }: Pick<Stop, 'upgradeFrom'>, from: string): boolean {
  return upgradeFrom === undefined || inRange(upgradeFrom, from);
}

/**
 * The shortest legal ways from a version to larger ones: fewest hops, and among those the largest stop before the target, then the largest before
 * that one, and so on. Costs a logarithm for each stop, so that ten thousand stops that each require the one before them are no trouble.
 */
export class UpgradePaths {
  readonly #stops: readonly Stop[];
  /** Hops to each stop, by its place. */
  readonly #hops: RightmostMinimum;
  /** The place of the stop before, by place; -1 where it is reached in one hop. */
  readonly #before: Int32Array;

  /**
   * @param from sort key of the version where the installation stands.
   * @param stops the larger versions that an upgrade may go to (neither withdrawn nor held), smallest first. Of those without `upgradeFrom`, it
   *   needs the largest in each span of the others only.
   */
  constructor(from: string, stops: readonly Stop[]) {
    this.#stops = stops;
    this.#hops = new RightmostMinimum(stops.length);
    this.#before = new Int32Array(stops.length).fill(-1);
    for (const [place, stop] of stops.entries()) {
      if (isOpenFrom(stop, from)) {
        this.#hops.set(place, 1);
        continue;
      }
      const before = this.#lastStopBefore(place, stop);
      if (before < 0) continue;
      this.#hops.set(place, this.#hops.valueAt(before) + 1);
      this.#before[place] = before;
    }
  }

  /** Labels of the hops to one of the stops, itself the last; undefined where no way leads there. */
  to(sortKey: string): readonly string[] | undefined {
    let place = this.#firstFrom(sortKey);
    if (this.#stops[place]?.sortKey !== sortKey || this.#hops.find(place, place + 1) < 0) return undefined;
    const path: string[] = [];
    while (place >= 0) {
      const stop = this.#stops[place];
      if (stop) path.push(stop.label);
      place = this.#before[place] ?? -1;
    }
    return path.reverse();
  }

  #lastStopBefore(place: number, { upgradeFrom }: Stop): number {
    let best = -1;
    for (const { from, to } of upgradeFrom?.spans ?? []) {
      const found = this.#hops.find(this.#firstFrom(from), Math.min(this.#firstFrom(to), place));
      if (found >= 0 && (best < 0 || this.#isBetter(found, best))) best = found;
    }
    return best;
  }

  #isBetter(place: number, than: number): boolean {
    const difference = this.#hops.valueAt(place) - this.#hops.valueAt(than);
    return difference < 0 || (difference === 0 && place > than);
  }

  /** The place of the first stop at or after a sort key; their number where there is none. */
  #firstFrom(sortKey: string): number {
    let [low, high] = [0, this.#stops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#stops[middle]?.sortKey ?? '') < sortKey) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
