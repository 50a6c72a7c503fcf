/** Numbers by place, of which the smallest in a range of places is found in logarithmic time (a segment tree); of equal ones the last. */
export class RightmostMinimum {
  readonly #values: Float64Array;
  /** Of each node the place of its minimum, -1 where nothing is set beneath it. Leaves are in the second half. */
  readonly #best: Int32Array;

  constructor(private readonly length: number) {
    this.#values = new Float64Array(length);
    this.#best = new Int32Array(2 * length).fill(-1);
  }

  set(place: number, value: number): void {
    this.#values[place] = value;
    let node = place + this.length;
    this.#best[node] = place;
    while (node > 1) {
      node >>= 1;
      this.#best[node] = this.#better(this.#at(2 * node), this.#at(2 * node + 1));
    }
  }

  /** The place of the minimum at or after `from` and before `to`; -1 where nothing is set there. */
  find(from: number, to: number): number {
    let found = -1;
    for (let [left, right] = [from + this.length, to + this.length]; left < right; left >>= 1, right >>= 1) {
      if (left & 1) found = this.#better(found, this.#at(left++));
      if (right & 1) found = this.#better(found, this.#at(--right));
    }
    return found;
  }

  /** The value at a place that was set. */
  valueAt(place: number): number {
    return this.#values[place] ?? NaN;
  }

  #at(node: number): number {
    return this.#best[node] ?? -1;
  }

  #better(left: number, right: number): number {
    if (left < 0 || right < 0) return Math.max(left, right);
    const difference = this.valueAt(left) - this.valueAt(right);
    return difference === 0 ? Math.max(left, right) : difference < 0 ? left : right;
  }
}
