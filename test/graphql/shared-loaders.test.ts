import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { projections } from '../../projections/index.js';
import type { Loaders } from '../../src/graphql/loaders.js';
import { sharedLoaders } from '../../src/graphql/shared-loaders.js';
import { SqliteReadModel } from '../../src/projector/read-model.js';

const contents = { load: () => Promise.reject(new Error('no contents are read')) };

describe('reads that requests share', () => {
  let db: SqliteReadModel;

  beforeEach(() => {
    const opened = SqliteReadModel.open({ path: ':memory:', projections, logId: 'log' });
    if (typeof opened === 'string') throw new Error(opened);
    db = opened;
    rename('first');
  });
  afterEach(() => db.close());

  function rename(name: string): void {
    const sql = `INSERT OR REPLACE INTO apps (id, name, team, target, revision, created_at) VALUES ('a', ?, 'ours', 'RECORD', 0, '')`;
    db.transaction(() => db.run(sql, name));
  }
  const nameBy = async ({ app }: Loaders): Promise<string | undefined> => (await app.load('a'))?.name;

  it('while nothing changes, a row is read once for all requests', async () => {
    const loadersOf = sharedLoaders();
    const all = vi.spyOn(db, 'all');
    for (let request = 0; request < 3; request++) expect(await nameBy(loadersOf(db, contents))).toBe('first');
    expect(all).toHaveBeenCalledTimes(1);
  });

  it('after a change the next request reads anew; one that began before may go on with what it read', async () => {
    const loadersOf = sharedLoaders();
    const before = loadersOf(db, contents);
    expect(await nameBy(before)).toBe('first');
    rename('second');
    expect(await nameBy(loadersOf(db, contents))).toBe('second');
    expect(await nameBy(before)).toBe('first');
  });

  it('those who may read other teams share nothing', async () => {
    const loadersOf = sharedLoaders();
    expect(await nameBy(loadersOf(db, contents))).toBe('first');
    expect(await nameBy(loadersOf(db, contents, ['theirs']))).toBeUndefined();
    expect(await nameBy(loadersOf(db, contents, ['theirs', 'ours']))).toBe('first');
    expect(loadersOf(db, contents, ['ours', 'theirs'])).toBe(loadersOf(db, contents, ['theirs', 'ours']));
  });

  it('those who take turns keep what they have read', () => {
    const loadersOf = sharedLoaders();
    const ask = (): Loaders[] => [loadersOf(db, contents), loadersOf(db, contents, ['ours']), loadersOf(db, contents, ['theirs'])];
    const first = ask();
    expect(new Set(first).size).toBe(3);
    for (const [i, loaders] of ask().entries()) expect(loaders).toBe(first[i]);
  });

  it('so many requests share at most, so that what is kept is bounded', () => {
    const loadersOf = sharedLoaders();
    const given = Array.from({ length: 200 }, () => loadersOf(db, contents));
    const times = [...Map.groupBy(given, (loaders) => loaders).values()].map(({ length }) => length);
    expect(times).toEqual([64, 64, 64, 8]);
  });
});
