import { readClientEnvironment } from '../../config.js';
import { ApiCaller } from '../api/caller.js';
import type { Terminal } from '../command.js';
import { exitWith } from '../ending.js';
import { InterruptedError } from '../errors.js';
import type { ExitCode } from '../exit-code.js';
import type { Remote } from './remote.js';

/** What every command that speaks to a server takes. */
export interface RemoteOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json: boolean;
  /** In seconds. */
  readonly retryFor: number;
  readonly commandId?: string;
}

/** Runs a command against the server that options and environment name. SIGINT ends it, a second one at once. */
export function withRemote(terminal: Terminal, options: RemoteOptions, run: (remote: Remote) => Promise<ExitCode>): Promise<void> {
  const { json, retryFor, commandId } = options;
  return exitWith(async () => {
    const environment = readClientEnvironment();
    if (options.token !== undefined)
      terminal.note('warning: others on this machine see a token on the command line: set REGRAFT_TOKEN instead');
    const stopping = new AbortController();
    const caller = new ApiCaller({
      url: options.url ?? environment.url,
      token: options.token ?? environment.token,
      retryForMs: retryFor * 1000,
      commandId,
      signal: stopping.signal,
    });
    const stop = (): void => stopping.abort(new InterruptedError(`interrupted${caller.doubt}`));
    process.once('SIGINT', stop);
    try {
      return await run({ caller, terminal, json });
    } finally {
      process.off('SIGINT', stop);
    }
  }, options);
}
