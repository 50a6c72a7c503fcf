import { describe, expect, it } from 'vitest';
import { suggestRenames } from '../../src/importers/suggest-renames.js';
import { read } from './reading.js';

describe('renamed services', () => {
  it('are suggested where one that went and one that came look the same', () => {
    const [old, other] = read(
      'services:\n  db: { image: postgres:16, environment: { A: "1" }, ports: ["5432:5432"] }\n  x: { image: x }\n',
    ).components;
    const [renamed] = read('services:\n  database: { image: postgres:16, environment: { A: "1" }, ports: ["5432:5432"] }\n').components;
    expect(old && other && renamed && suggestRenames([old, other], [renamed])).toEqual([{ from: 'db', to: 'database' }]);
  });
});
