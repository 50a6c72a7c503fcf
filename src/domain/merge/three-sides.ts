/** What a three-way merge looks at: what an install stands on, what it is, what the template has become. */
export interface ThreeSides<T> {
  readonly base: T;
  readonly local: T;
  readonly target: T;
}
