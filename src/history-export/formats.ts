import { stringify } from 'csv-stringify/sync';
import type { RecordedEvent } from '../store/event-store.js';
import { toExportRow, type ExportRow } from './export-row.js';

export type ExportFormat = 'csv' | 'ndjson';

interface Format {
  readonly contentType: string;
  /** Before the first row. */
  readonly head: string;
  readonly line: (row: ExportRow) => string;
}

const COLUMNS = [
  'position',
  'stream',
  'revision',
  'id',
  'type',
  'recordedAt',
  'occurredAt',
  'actor',
  'actorKind',
  'hash',
  'masked',
  'metadata',
  'data',
] as const;

export const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  /** RFC 4180, but for the ends of lines (a line feed). A cell that a spreadsheet would take for a formula begins with an apostrophe. */
  csv: { contentType: 'text/csv; charset=utf-8; header=present', head: `${COLUMNS.join(',')}\n`, line: csvLine },
  ndjson: { contentType: 'application/x-ndjson; charset=utf-8', head: '', line: (row) => `${JSON.stringify(row)}\n` },
};

function csvLine(row: ExportRow): string {
  const { metadata, masked, data, ...plain } = row;
  const cells: Record<(typeof COLUMNS)[number], string | number> = {
    ...plain,
    occurredAt: metadata.occurredAt,
    actor: metadata.actor.id,
    actorKind: metadata.actor.kind,
    masked: masked.join(' '),
    metadata: JSON.stringify(metadata),
    data: JSON.stringify(data),
  };
  return stringify([cells], { columns: [...COLUMNS], escape_formulas: true, quote_record_delimiter: true });
}

/** Written at once, in characters: enough for the network, and little beside a page of events. */
const PIECE = 64 * 1024;

/** Events as text in a format, in pieces. */
export async function* formatted(logId: string, events: AsyncIterable<RecordedEvent>, format: ExportFormat): AsyncGenerator<string> {
  const { head, line } = FORMATS[format];
  let piece = head;
  for await (const event of events) {
    piece += line(toExportRow(logId, event));
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
