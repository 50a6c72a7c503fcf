import { appsByIds, installationsByApps, installationsOfTemplates, type InstallationRow } from '../../../projections/apps/queries.js';
import { pagesOfParents } from '../../../projections/children.js';
import { appsChangedBetween } from '../../../projections/history/queries.js';
import type { TemplateId } from '../../domain/ids.js';
import type { SqliteReadModel } from '../../projector/read-model.js';
import { BEFORE_FIRST, type Position } from '../../store/event-store.js';
import { statesOfApps } from '../app-views.js';
import { Cases } from './cases.js';
import type { Pacer } from '../../pacer.js';

/** It cannot be told which apps changed meanwhile: the read model that knows has stopped before those that have the apps. */
export class HistoryBehindError extends Error {
  override readonly name = 'HistoryBehindError';

  constructor() {
    super('the read model "history" is behind, /health/ready says why');
  }
}

/** Installs read between two turns of others. */
const PAGE = 50;

export interface ReadInstalls {
  readonly cases: Cases;
  /** All of them are as they were there. */
  readonly position: Position;
}

/**
 * Reads every install of a template as of one position, page by page, while others read and the projector writes: apps that changed meanwhile are
 * read again, until none did.
 * @throws HistoryBehindError.
 */
export async function readInstalls(db: SqliteReadModel, templateId: TemplateId, pacer: Pick<Pacer, 'breathe'>): Promise<ReadInstalls> {
  const cases = new Cases();
  let position = positionOf(db);
  for (let after: number | undefined; ;) {
    const page = pagesOfParents(db, installationsOfTemplates, [templateId], { filter: {}, first: PAGE, after }).get(templateId);
    const rows = page?.rows ?? [];
    take(db, rows, cases);
    after = rows.at(-1)?.place;
    if (!page?.hasNextPage) break;
    await pacer.breathe();
  }
  for (;;) {
    const now = positionOf(db);
    if (now === position) return { cases, position };
    const changed = appsChangedBetween(db, position, now);
    position = now;
    for (let at = 0; at < changed.length; at += PAGE) {
      readAgain(db, changed.slice(at, at + PAGE), templateId, cases);
      await pacer.breathe();
    }
  }
}

function readAgain(db: SqliteReadModel, appIds: readonly string[], templateId: TemplateId, cases: Cases): void {
  cases.forget(new Set(appIds));
  const rows = installationsByApps(db, appIds).filter((row) => row.templateId === templateId);
  take(db, rows, cases);
}

function take(db: SqliteReadModel, rows: readonly InstallationRow[], cases: Cases): void {
  const apps = appsByIds(db, [...new Set(rows.map(({ appId }) => appId))]);
  const states = new Map(statesOfApps(db, apps).map((state) => [state.appId as string, state]));
  for (const { id: installationId, appId, version, place, team } of rows) {
    const state = states.get(appId);
    if (!state) throw new Error(`installation ${installationId} is of no app`);
    cases.add({ installationId, appId, team, version, place }, state);
  }
}

/** How far the rows of apps are. @throws HistoryBehindError. */
function positionOf(db: SqliteReadModel): Position {
  const position = db.checkpoint('apps')?.position ?? BEFORE_FIRST;
  if ((db.checkpoint('history')?.position ?? BEFORE_FIRST) < position) throw new HistoryBehindError();
  return position;
}
