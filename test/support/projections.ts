import { projections } from '../../projections/index.js';
import type { Projection } from '../../src/projector/projection.js';
import type { RecordedEvent } from '../../src/store/event-store.js';

/** Writes a row for each event that it is given. */
export function recorder(name: string, change: Partial<Projection> = {}): Projection {
  return {
    name,
    version: 1,
    readBack: true,
    tables: `CREATE TABLE ${name} (position INTEGER)`,
    apply: ({ position }, db) => db.run(`INSERT INTO ${name} (position) VALUES (?)`, position),
    ...change,
  };
}

/** The projection does first what is given, which may throw. */
export function first(projection: Projection, look: (event: RecordedEvent) => void): Projection {
  return {
    ...projection,
    apply: (event, db) => {
      look(event);
      projection.apply(event, db);
    },
  };
}

/** The shipped projections, one of them changed. */
export function shippedWith(name: string, look: (event: RecordedEvent) => void): readonly Projection[] {
  return projections.map((projection) => (projection.name === name ? first(projection, look) : projection));
}

/** Stands for a disk that is full: SQLite's error has this code. */
export function diskFull(): Error {
  return Object.assign(new Error('database or disk is full'), { errcode: 13 });
}
