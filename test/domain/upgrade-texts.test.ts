import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/domain/definition/definition.js';
import { normalizeDefinition } from '../../src/domain/definition/normalize.js';
import { explainUpgrade } from '../../src/domain/upgrade/explain.js';

const PATH = '/configFiles/f/content';
const tree = (content: string): Definition => normalizeDefinition({ key: 'web', configFiles: { f: { content } } });

/** What the record of an upgrade tells that came to `result`. */
function told(base: string, local: string, target: string, result: string, settled: readonly string[] = []): unknown {
  const sides = { base: tree(base), local: tree(local), target: tree(target), result: tree(result) };
  return explainUpgrade({ componentKey: 'web', ...sides, settled: new Set(settled) }).map((field) => [
    field.path,
    field.outcome,
    field.result,
  ]);
}

describe('the record of an upgrade of a text of several lines', () => {
  it('says that it was merged', () => {
    expect(told('a\nb\nc', 'A\nb\nc', 'a\nb\nC', 'A\nb\nC')).toEqual([[PATH, 'MERGED', 'A\nb\nC']]);
  });

  it('shows what a policy made of the hunks, or of the whole before texts were merged by line', () => {
    for (const result of ['A\nb\nC', 'A\nb\nc', '1\nb\nC']) {
      expect(told('a\nb\nc', 'A\nb\nc', '1\nb\nC', result)).toEqual([[PATH, 'RESOLVED', result]]);
    }
  });

  it('shows what was recorded where the merge of today would give another text', () => {
    expect(told('a\nb\nc', 'A\nb\nc', 'a\nb\nC', 'a\nb\nC')).toEqual([[PATH, 'RESOLVED', 'a\nb\nC']]);
  });

  it('shows what was settled by name', () => {
    expect(told('a\nb\nc', 'A\nb\nc', 'a\nb\nC', 'x', [PATH])).toEqual([[PATH, 'RESOLVED', 'x']]);
  });
});
