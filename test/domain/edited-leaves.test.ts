import { describe, expect, it } from 'vitest';
import type { Leaves } from '../../src/domain/definition/leaves.js';
import type { Json } from '../../src/domain/json.js';
import { EditedLeaves } from '../../src/domain/upgrade/edited-leaves.js';

const leaves = (tree: Record<string, Json>): Leaves => new Map(Object.entries(tree));
const without = (edits: EditedLeaves, now: Record<string, Json> | undefined): Record<string, Json> | undefined => {
  const result = edits.without(now && leaves(now));
  return result && Object.fromEntries(result);
};

describe('the leaves of a tree without what was edited', () => {
  it('are what they were before the first edit that still stands', () => {
    const edits = new EditedLeaves();
    edits.edited(leaves({ a: 1, b: 1, c: 1 }), leaves({ a: 2, c: 1, d: 1 }));
    edits.upgraded(leaves({ a: 2, c: 1, d: 1 }), leaves({ a: 2, c: 1, d: 1 }));
    edits.edited(leaves({ a: 2, c: 1, d: 1 }), leaves({ a: 3, b: 1, c: 1, d: 1 }));
    expect(without(edits, { a: 3, b: 1, c: 1, d: 1 })).toEqual({ a: 1, b: 1, c: 1 });
  });

  it('are as an upgrade made them, where it changed what was edited before', () => {
    const edits = new EditedLeaves();
    edits.edited(leaves({ a: 1, b: 1 }), leaves({ a: 2, b: 2 }));
    edits.upgraded(leaves({ a: 2, b: 2 }), leaves({ a: 9, b: 2 }));
    expect(without(edits, { a: 9, b: 2 })).toEqual({ a: 9, b: 1 });
  });

  it('of a tree that an edit deleted are those of before, until an upgrade brings it back', () => {
    const edits = new EditedLeaves();
    edits.edited(leaves({ a: 1 }), leaves({ a: 2 }));
    edits.upgraded(leaves({ a: 2 }), leaves({ a: 2 }));
    edits.edited(leaves({ a: 2 }), undefined);
    expect(without(edits, undefined)).toEqual({ a: 1 });
    edits.upgraded(undefined, leaves({ a: 5 }));
    expect(without(edits, { a: 5 })).toEqual({ a: 5 });
    edits.upgraded(leaves({ a: 5 }), undefined);
    expect(without(edits, undefined)).toBeUndefined();
  });

  it('of a tree that an edit brought are none', () => {
    const edits = new EditedLeaves();
    edits.edited(undefined, leaves({ a: 1 }));
    expect(without(edits, { a: 1 })).toEqual({});
  });

  it('of a tree that upgrades removed and brought back know of no edit before', () => {
    const edits = new EditedLeaves();
    edits.edited(leaves({ a: 1 }), leaves({ a: 2 }));
    edits.upgraded(leaves({ a: 2 }), undefined);
    edits.edited(undefined, undefined);
    edits.upgraded(undefined, leaves({ a: 2 }));
    expect(without(edits, { a: 2 })).toEqual({ a: 2 });
  });

  it('are told of no place below one where an upgrade has put a value since', () => {
    const edits = new EditedLeaves();
    edits.edited(leaves({ '/extra/a/b': 1 }), leaves({ '/extra/a': {} }));
    edits.upgraded(leaves({ '/extra/a': {} }), leaves({ '/extra/a': 'x' }));
    expect(without(edits, { '/extra/a': 'x' })).toEqual({ '/extra/a': 'x' });
  });

  it('of a text that an upgrade merged lack what was edited, and keep the upgrade; where that cannot be told, they are those of before', () => {
    const text = (...lines: string[]): string => `${lines.join('\n')}\n`;
    const edits = new EditedLeaves();
    edits.edited(leaves({ t: text('a', 'b', 'c'), u: text('a') }), leaves({ t: text('a', 'b', 'mine'), u: text('mine') }));
    edits.upgraded(leaves({ t: text('a', 'b', 'mine'), u: text('mine') }), leaves({ t: text('A', 'b', 'mine'), u: text('both') }));
    expect(without(edits, { t: text('A', 'b', 'mine'), u: text('both') })).toEqual({ t: text('A', 'b', 'c'), u: text('a') });
  });
});
