import type { HistoryFilter as Filter, HistoryReader } from '../../../projections/history/queries.js';
import { teamsOf, type Permission, type Principal } from '../../domain/access/principal.js';
import type { HistoryFilter } from './history.types.js';

/** What somebody may see of history where a permission is given: READ to look at it, AUDIT to take it away. */
export function readerOf(principal: Principal, permission: Permission): HistoryReader {
  const teams = teamsOf(principal, permission);
  return { teams: teams === 'ALL' ? undefined : teams, server: teamsOf(principal, 'ADMINISTER') === 'ALL' };
}

export function toFilter(readable: HistoryReader, given: Partial<HistoryFilter> = {}): Filter {
  return {
    readable,
    appId: given.appId ?? undefined,
    templateId: given.templateId ?? undefined,
    types: given.types ?? undefined,
    actorId: given.actorId ?? undefined,
    from: given.from ?? undefined,
    to: given.to ?? undefined,
  };
}
