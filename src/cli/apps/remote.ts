import type { ApiCaller } from '../api/caller.js';
import type { Terminal } from '../command.js';

/** What the commands that speak to a server work with. */
export interface Remote {
  readonly caller: ApiCaller;
  readonly terminal: Terminal;
  /** Whether results are for programs: JSON, and nothing else, on standard output. */
  readonly json: boolean;
}
