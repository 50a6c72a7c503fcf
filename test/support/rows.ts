import type { SqliteReadModel } from '../../src/projector/read-model.js';
import type { Row } from '../../src/projector/projection.js';

/** Every row of every table of the read models, the checkpoints among them. */
export function allRows(readModel: SqliteReadModel): Map<string, Row[]> {
  const tables = readModel.all<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`);
  return new Map(tables.map(({ name }) => [name, readModel.all(`SELECT * FROM "${name}" ORDER BY 1, 2`)]));
}
