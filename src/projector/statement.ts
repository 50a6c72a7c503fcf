import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

type Parameters = readonly SQLInputValue[];
type Row = Record<string, SQLOutputValue>;

/**
 * A statement that makes its rows itself, of the values alone: node:sqlite makes each a dictionary, which is slower to make, to read and to copy
 * than objects of one shape.
 */
export class Statement {
  readonly #columns: readonly string[];

  constructor(private readonly statement: StatementSync) {
    statement.setReturnArrays(true);
    this.#columns = statement.columns().map(({ name }) => name);
  }

  run(parameters: Parameters): void {
    this.statement.run(...parameters);
  }

  get(parameters: Parameters): Row | undefined {
    const values = this.statement.get(...parameters) as SQLOutputValue[] | undefined;
    return values && this.#rowOf(values);
  }

  all(parameters: Parameters): Row[] {
    const rows = this.statement.all(...parameters) as unknown as SQLOutputValue[][];
    return rows.map((values) => this.#rowOf(values));
  }

  #rowOf(values: readonly SQLOutputValue[]): Row {
    const row: Row = {};
    for (const [i, column] of this.#columns.entries()) row[column] = values[i] ?? null;
    return row;
  }
}
