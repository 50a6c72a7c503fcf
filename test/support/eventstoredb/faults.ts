/** What goes wrong, while it is set. */
export interface Faults {
  /** Every call: `unauthenticated` as for a wrong password, `slow` as for a server that takes calls and does not answer. */
  calls?: 'unauthenticated' | 'slow' | undefined;
  /** `$all` may not be read, as for a user without the right. */
  allDenied?: boolean | undefined;
  /** So many appends from now on are written, and the connection breaks before the answer. */
  lostReplies?: number | undefined;
  /** The answer to an append tells no position. */
  noPositions?: boolean | undefined;
}
