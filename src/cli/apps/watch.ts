import { BEGINNING, follow } from '../api/follow.js';
import { find } from '../api/names.js';
import { writeLine } from '../command.js';
import { UsageError } from '../errors.js';
import { OK, type ExitCode } from '../exit-code.js';
import { eventLine } from './event-text.js';
import type { Remote } from './remote.js';

export interface WatchOptions {
  readonly app?: string;
  readonly template?: string;
  readonly type: readonly string[];
  /** A position that was kept: only what comes after it. */
  readonly after?: string;
  readonly fromBeginning?: boolean;
  /** Those of upgrades and rollbacks only. */
  readonly upgrades?: boolean;
  /** Ends after so many events. */
  readonly limit?: number;
}

export const END_OF_LOG = 'query { position }';

/** Prints every event as it happens, each once and in order, across restarts of the server. Ends when it is told to, or nobody reads. */
export async function watchCommand(remote: Remote, options: WatchOptions): Promise<ExitCode> {
  const { caller, terminal, json } = remote;
  const { app, template, type, upgrades, limit = Number.POSITIVE_INFINITY } = options;
  if (upgrades && type.length > 0) throw new UsageError('give either --upgrades or --type');
  if (options.after !== undefined && options.fromBeginning) throw new UsageError('give either --after or --from-beginning');
  const about = {
    field: upgrades ? ('upgradeEvents' as const) : ('events' as const),
    appId: app === undefined ? undefined : (await find(caller, 'app', app)).id,
    templateId: template === undefined ? undefined : (await find(caller, 'template', template)).id,
    ...(type.length > 0 && { types: type }),
  };
  // The end of the log is asked for first: a connection that is lost before the first event would else leave a gap.
  const after = options.fromBeginning ? BEGINNING : (options.after ?? (await caller.ask<{ position: string }>(END_OF_LOG)).position);
  const onLost = (why: string): void => terminal.note(`connection lost (${why}): connecting again`);
  let shown = 0;
  for await (const { event } of follow(caller, { ...about, after, onLost })) {
    if (!event) continue;
    if (!(await writeLine(terminal, json ? JSON.stringify(event) : eventLine(event, terminal.paint)))) return OK;
    if (++shown >= limit) return OK;
  }
  return OK;
}
