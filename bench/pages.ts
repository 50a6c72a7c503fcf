import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appsPage, countApps, installationsOfTemplates } from '../projections/apps/queries.js';
import { countsOfParents, pagesOfParents } from '../projections/children.js';
import { projections } from '../projections/index.js';
import { countLargerFree, largerFree, type Standing } from '../projections/templates/queries.js';
import { requireVersion, versionSortKey } from '../src/domain/version.js';
import { SqliteReadModel } from '../src/projector/read-model.js';
import { boundedOf, pathsOf } from '../src/queries/upgrade-paths.js';
import { interleave, milliseconds, type Measured } from './measure.js';

const ROUNDS = 15;
const INSTALLS = 100_000;
const VERSIONS = 10_000;
const PAGE = { filter: {}, first: 20 };

/**
 * Pages of the installations of a template that has 100,000, alone and among 99 that have 200; larger versions of one that has 10,000, and of one
 * each of whose 10,000 is reached from the one before alone.
 */
export async function benchPages(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  const db = SqliteReadModel.open({ path: join(folder, 'read-model.db'), projections, logId: 'bench' });
  if (typeof db === 'string') throw new Error(`the read models are ${db}`);
  try {
    db.transaction(() => fill(db));
    const templates = Array.from({ length: 100 }, (_, n) => `template ${n}`);
    const page = (parents: readonly string[], after?: number): unknown =>
      pagesOfParents(db, installationsOfTemplates, parents, { ...PAGE, after });
    const installed = templates.map((_, n) => ({ templateId: 'template 0', sortKey: sortKey(n), held: [] }));
    const behindStops = installed.map((standing) => ({ ...standing, templateId: 'template 1' }));
    const apps = { templateId: 'template 0' };
    return await interleave(ROUNDS, 'ms', {
      'page of 1 template, its first': () => milliseconds(() => page(['template 0'])),
      'page of 1 template, of 3 teams': () => milliseconds(() => ofTeams(db, 3)),
      'page of 1 template, of 50 teams': () => milliseconds(() => ofTeams(db, 50)),
      'page of 1 template, after 90,000': () => milliseconds(() => page(['template 0'], 0.9 * INSTALLS)),
      'the same, numbered with a window function': () => milliseconds(() => numbered(db)),
      'pages of 100 templates': () => milliseconds(() => page(templates)),
      'pages of 100 templates, after 90,000': () => milliseconds(() => page(templates, 0.9 * INSTALLS)),
      'counts of 100 templates': () => milliseconds(() => countsOfParents(db, installationsOfTemplates, templates, {})),
      'counts of 100 templates, of one version': () =>
        milliseconds(() => countsOfParents(db, installationsOfTemplates, templates, { sortKey: sortKey(3) })),
      'page of the apps that have 1 template, by name': () => milliseconds(() => appsPage(db, apps, 20)),
      'the same, sorted from all of them': () => milliseconds(() => sorted(db)),
      'the same, of one version': () => milliseconds(() => appsPage(db, { ...apps, sortKey: sortKey(3) }, 20)),
      'the same, of one team': () => milliseconds(() => appsPage(db, { ...apps, team: 'team 7' }, 20)),
      'the same, of 3 teams that one may read': () => milliseconds(() => appsPage(db, { ...apps, teams: teams(3) }, 20)),
      'the same, after half of them': () => milliseconds(() => appsPage(db, apps, 20, { name: 'app 5', id: '' })),
      'count of the apps that have 1 template': () => milliseconds(() => countApps(db, apps)),
      'the 20 largest of 10,000 versions, for 100 installations': () => milliseconds(() => largerFree(db, installed, 20)),
      'their counts': () => milliseconds(() => countLargerFree(db, installed)),
      'ways past 10,000 stops, for 1 installation': () => milliseconds(() => waysPast(db, behindStops.slice(0, 1))),
      'ways past 10,000 stops, for 100 installations': () => milliseconds(() => waysPast(db, behindStops)),
    });
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function teams(n: number): string[] {
  return Array.from({ length: n }, (_, team) => `team ${team}`);
}

/** What somebody sees of them who may read in some teams alone. */
function ofTeams(db: SqliteReadModel, n: number): unknown {
  return pagesOfParents(db, installationsOfTemplates, ['template 0'], { ...PAGE, after: undefined, filter: { teams: teams(n) } });
}

function fill(db: SqliteReadModel): void {
  let place = 0;
  const install = (templateId: string, n: number): void => {
    const [appId, name, team] = [randomUUID(), `app ${(n * 7919) % INSTALLS}`, `team ${n % 100}`];
    db.run(`INSERT INTO apps (id, name, team, target, revision, created_at) VALUES (?, ?, ?, 'RECORD', 0, '')`, appId, name, team);
    const columns = 'id, app_id, template_id, version, sort_key, place, app_name, team';
    const sql = `INSERT INTO installations (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
    db.run(sql, randomUUID(), appId, templateId, `${n % 10}`, sortKey(n % 10), ++place, name, team);
  };
  for (let n = 0; n < INSTALLS; n++) install('template 0', n);
  for (let template = 1; template < 100; template++) for (let n = 0; n < 200; n++) install(`template ${template}`, n);
  const publish = (templateId: string, n: number, upgradeFrom: string | null): void => {
    db.run(
      `INSERT INTO releases (id, template_id, app_id, version, sort_key, upgrade_from, depth, difference, manifest, state, version_state, started_at,
         actor_id, actor_kind, place) VALUES (?, ?, 'app', ?, ?, ?, 0, '{}', '', 'PUBLISHED', 'PUBLISHED', '', '', '', ?)`,
      randomUUID(),
      templateId,
      String(n),
      sortKey(n),
      upgradeFrom,
      ++place,
    );
  };
  for (let n = 0; n < VERSIONS; n++) publish('template 0', n, null);
  for (let n = 0; n < VERSIONS; n++) publish('template 1', n, n === 0 ? null : String(n - 1));
}

function sortKey(n: number): string {
  return versionSortKey(requireVersion(String(n)));
}

function waysPast(db: SqliteReadModel, standings: readonly Standing[]): unknown {
  return pathsOf(db, standings, boundedOf(db, ['template 1']));
}

/** The other way to write it, which reads every row of the template. */
function numbered(db: SqliteReadModel): unknown {
  return db.all(
    `SELECT * FROM (
       SELECT *, row_number() OVER (PARTITION BY template_id ORDER BY place) AS number FROM installations WHERE template_id = 'template 0'
     ) WHERE number <= 21`,
  );
}

/** The other way to find apps by name, which reads all that have the template. */
function sorted(db: SqliteReadModel): unknown {
  return db.all(
    `SELECT * FROM apps WHERE id IN (SELECT app_id FROM installations WHERE template_id = 'template 0' AND removed_at IS NULL)
     ORDER BY name, id LIMIT 21`,
  );
}
