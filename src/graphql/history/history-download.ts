import type { Download, OpenDownload } from '../../http/downloads.js';
import { formatted, FORMATS, type ExportFormat } from '../../history-export/formats.js';
import { historyEvents, historyPosition } from '../../history-export/history-events.js';
import { Refusal } from '../../domain/errors.js';
import { BEFORE_FIRST } from '../../store/event-store.js';
import { encodePosition } from '../../store/position.js';
import { requirePermission } from '../allow.js';
import { requirePosition, type RequestContext } from '../context.js';
import { DateTimeScalar } from '../scalars.js';
import { readerOf, toFilter } from './history-filter.js';
import type { HistoryFilter } from './history.types.js';

/** The filter of `history`, and where to go on, as parameters of an address; `types` may be there several times. */
const PARAMETERS = ['appId', 'templateId', 'types', 'actorId', 'from', 'to', 'after'] as const;
type Parameter = (typeof PARAMETERS)[number];

/** Any history query as a file, for those who may take it away: of the teams where they have the permission AUDIT. */
export function historyDownload(format: ExportFormat): OpenDownload<RequestContext> {
  return async (context, query, signal): Promise<Download> => {
    requirePermission(context, 'AUDIT');
    const { backend, principal } = context;
    const { after, ...filter } = readParameters(query);
    const range = {
      after: after === undefined ? BEFORE_FIRST : await requirePosition(backend, after),
      upTo: historyPosition(backend),
    };
    const { logId } = backend.store;
    return {
      contentType: FORMATS[format].contentType,
      fileName: `regraft-history-${logId}.${format}`,
      position: encodePosition(logId, range.upTo),
      pieces: formatted(logId, historyEvents(backend, toFilter(readerOf(principal, 'AUDIT'), filter), range, signal), format),
    };
  };
}

/** @throws Refusal BAD_USER_INPUT; GraphQLError for what is no instant. */
function readParameters(query: URLSearchParams): Partial<HistoryFilter> & { readonly after?: string | undefined } {
  const unknown = [...query.keys()].find((name) => !PARAMETERS.some((known) => known === name));
  if (unknown !== undefined) throw badParameter(`there is no such parameter: those that there are, are ${PARAMETERS.join(', ')}`);
  const empty = PARAMETERS.find((name) => query.getAll(name).includes(''));
  if (empty) throw badParameter(`${empty}: it is empty: give a value, or leave it out`, empty);
  const one = (name: Parameter): string | undefined => {
    const [value, ...more] = query.getAll(name);
    if (more.length > 0) throw badParameter(`${name}: give it once`, name);
    return value;
  };
  const instant = (name: 'from' | 'to'): string | undefined => {
    const value = one(name);
    return value === undefined ? undefined : DateTimeScalar.parseValue(value);
  };
  return {
    appId: one('appId'),
    templateId: one('templateId'),
    actorId: one('actorId'),
    after: one('after'),
    from: instant('from'),
    to: instant('to'),
    ...(query.has('types') && { types: query.getAll('types') }),
  };
}

function badParameter(message: string, path?: Parameter): Refusal {
  return new Refusal('BAD_USER_INPUT', message, path === undefined ? {} : { path });
}
