import { stringify } from 'csv-stringify/sync';
import { EVENT, type FollowedEvent } from '../api/follow.js';
import { find } from '../api/names.js';
import { progressBar } from '../bar.js';
import { writeLine } from '../command.js';
import { UsageError } from '../errors.js';
import { OK, type ExitCode } from '../exit-code.js';
import type { Paint } from '../paint.js';
import { writeWhole } from '../whole-file.js';
import { eventLine } from './event-text.js';
import type { Remote } from './remote.js';

export interface HistoryOptions {
  readonly app?: string;
  readonly template?: string;
  readonly type: readonly string[];
  readonly actor?: string;
  /** ISO 8601. */
  readonly from?: string;
  readonly to?: string;
  /** At most so many events. */
  readonly limit?: number;
  readonly format?: 'text' | 'csv' | 'ndjson';
  readonly output?: string;
}

interface Page {
  readonly totalCount: number | null;
  readonly edges: readonly { readonly cursor: string; readonly node: FollowedEvent }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export const HISTORY = `query ($filter: HistoryFilter, $first: Int, $after: String) { history(filter: $filter, first: $first, after: $after) {
  edges { cursor node { ${EVENT} } } pageInfo { hasNextPage endCursor }
} }`;
export const HISTORY_COUNT = 'query ($filter: HistoryFilter) { history(filter: $filter, first: 1) { totalCount } }';

const PAGE = 100;

/** Reads the history page by page, oldest first: nothing is held back, and a lost connection is gone on from where it was. */
export async function historyCommand(remote: Remote, options: HistoryOptions): Promise<ExitCode> {
  const { terminal, json, caller } = remote;
  const format = options.format ?? (json ? 'ndjson' : options.output === undefined ? 'text' : 'ndjson');
  if (json && format !== 'ndjson') throw new UsageError('--json is ndjson: leave out --format');
  const filter = await filterOf(remote, options);
  if (options.output === undefined) {
    for await (const line of linesOf(remote, filter, { ...options, format }, terminal.paint)) if (!(await writeLine(terminal, line))) break;
    return OK;
  }
  const { history } = await caller.ask<{ history: { totalCount: number | null } }>(HISTORY_COUNT, { filter });
  const bar = progressBar(terminal, 'events', Math.min(history.totalCount ?? 0, options.limit ?? Number.POSITIVE_INFINITY));
  let written = 0;
  const lines = async function* (): AsyncGenerator<string> {
    for await (const line of linesOf(
      remote,
      filter,
      { ...options, format },
      (_style, text) => text,
      () => bar.at(++written),
    ))
      yield `${line}\n`;
  };
  try {
    await writeWhole(options.output, lines());
  } finally {
    bar.done();
  }
  terminal.note(`${written} events are in ${options.output}.`);
  return OK;
}

async function filterOf({ caller }: Remote, { app, template, type, actor, from, to }: HistoryOptions): Promise<object> {
  return {
    appId: app === undefined ? undefined : (await find(caller, 'app', app)).id,
    templateId: template === undefined ? undefined : (await find(caller, 'template', template)).id,
    types: type.length > 0 ? type : undefined,
    actorId: actor,
    from,
    to,
  };
}

/** @param took is told of each event. */
async function* linesOf(
  remote: Remote,
  filter: object,
  { format, limit }: HistoryOptions,
  paint: Paint,
  took: () => void = () => undefined,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(CSV_COLUMNS);
  for await (const event of eventsOf(remote, filter, limit)) {
    took();
    yield format === 'csv' ? csvLine(csvFields(event)) : format === 'ndjson' ? JSON.stringify(event) : eventLine(event, paint);
  }
}

async function* eventsOf({ caller }: Remote, filter: object, limit = Number.POSITIVE_INFINITY): AsyncGenerator<FollowedEvent> {
  let [after, left]: [string | null, number] = [null, limit];
  while (left > 0) {
    const { history }: { history: Page } = await caller.ask<{ history: Page }>(HISTORY, { filter, after, first: Math.min(PAGE, left) });
    yield* history.edges.map(({ node }) => node);
    left -= history.edges.length;
    if (!history.pageInfo.hasNextPage) return;
    after = history.pageInfo.endCursor;
  }
}

const CSV_COLUMNS = [
  'position',
  'recordedAt',
  'occurredAt',
  'actor',
  'actorKind',
  'type',
  'stream',
  'revision',
  'id',
  'commandId',
  'correlationId',
  'causationId',
  'schemaVersion',
  'data',
];

function csvFields(event: FollowedEvent): readonly unknown[] {
  const {
    position,
    recordedAt,
    occurredAt,
    actor,
    type,
    stream,
    revision,
    id,
    commandId,
    correlationId,
    causationId,
    schemaVersion,
    data,
  } = event;
  return [
    position,
    recordedAt,
    occurredAt,
    actor.id,
    actor.kind,
    type,
    stream,
    revision,
    id,
    commandId,
    correlationId,
    causationId,
    schemaVersion,
    JSON.stringify(data),
  ];
}

/** RFC 4180, but for the end of the line. A text that a spreadsheet would take for a formula is marked as a text. */
function csvLine(fields: readonly unknown[]): string {
  return stringify([[...fields]], { record_delimiter: '', escape_formulas: true, quoted_match: /[\r\n]/ });
}
