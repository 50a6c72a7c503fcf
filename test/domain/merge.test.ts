import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/domain/definition/definition.js';
import { normalizeDefinition, type DefinitionDraft } from '../../src/domain/definition/normalize.js';
import { toDefinition } from '../../src/domain/definition/schema.js';
import { mergeTrees, sidesPresent, type Choice, type Choices } from '../../src/domain/merge/merge-trees.js';

type Draft = Omit<DefinitionDraft, 'key'>;
type VolumeDraft = NonNullable<DefinitionDraft['volumes']>[string];
type ProbeDraft = NonNullable<NonNullable<DefinitionDraft['probes']>['liveness']>;

/** Outcomes by path of merging three drafts of one component. */
function outcomes(base: Draft, local: Draft, target: Draft, choices: Readonly<Record<string, Choice>> = {}): Record<string, string> {
  const [b, l, t] = [base, local, target].map((draft) => normalizeDefinition({ key: 'web', ...draft }));
  if (!b || !l || !t) throw new Error('three sides');
  const { fields } = mergeTrees({ base: b, local: l, target: t }, { at: (path) => choices[path], onConflict: () => undefined });
  return Object.fromEntries(fields.map((field) => [field.path, `${field.outcome} ${sidesPresent(field).join(' ')}`]));
}

describe('the merge table', () => {
  it('takes what only the template changed, keeps what only the install changed', () => {
    expect(outcomes({ image: 'a' }, { image: 'a' }, { image: 'b' })).toEqual({ '/image': 'TAKE_TEMPLATE BASE LOCAL TARGET RESULT' });
    expect(outcomes({ image: 'a' }, { image: 'b' }, { image: 'a' })).toEqual({ '/image': 'KEEP_LOCAL BASE LOCAL TARGET RESULT' });
    expect(outcomes({}, { env: { A: '1' } }, {})).toEqual({ '/env/A': 'KEEP_LOCAL LOCAL RESULT' });
    expect(outcomes({ env: { A: '1' } }, { env: { A: '1' } }, {})).toEqual({ '/env/A': 'TAKE_TEMPLATE BASE LOCAL' });
  });

  it('tells what both changed alike from what they changed differently', () => {
    expect(outcomes({ image: 'a' }, { image: 'b' }, { image: 'b' })).toEqual({ '/image': 'CONVERGED BASE LOCAL TARGET RESULT' });
    expect(outcomes({ image: 'a' }, { image: 'b' }, { image: 'c' })).toEqual({ '/image': 'CONFLICT BASE LOCAL TARGET' });
    expect(outcomes({ env: { A: '1' } }, {}, { env: { A: '2' } })).toEqual({ '/env/A': 'CONFLICT BASE TARGET' });
    expect(outcomes({}, { env: { A: null } }, { env: { A: '' } })).toEqual({ '/env/A': 'CONFLICT LOCAL TARGET' });
  });

  it('makes one conflict, at the entry, of an entry that one side deleted and the other changed', () => {
    const port = { '80/tcp': { exposed: true, alias: 'www' } };
    const changed = { '80/tcp': { exposed: true, alias: 'mine' } };
    expect(outcomes({ ports: port }, { ports: changed }, {})).toEqual({ '/ports/80~1tcp': 'CONFLICT BASE LOCAL' });
    expect(outcomes({ ports: port }, {}, { ports: changed })).toEqual({ '/ports/80~1tcp': 'CONFLICT BASE TARGET' });
    expect(outcomes({ ports: port }, { ports: port }, {})).toEqual({
      '/ports/80~1tcp/alias': 'TAKE_TEMPLATE BASE LOCAL',
      '/ports/80~1tcp/exposed': 'TAKE_TEMPLATE BASE LOCAL',
    });
  });
  it('makes one conflict, at the probe, of two ways to probe', () => {
    const http = { path: '/a', port: 80, scheme: 'HTTP' };
    const probe = (way: ProbeDraft): Draft => ({ probes: { liveness: way } });
    const whole = '/probes/liveness';
    expect(outcomes(probe({ http }), probe({ http: { ...http, path: '/b' } }), probe({ tcpPort: 80 }))).toEqual({
      [whole]: 'CONFLICT BASE LOCAL TARGET',
    });
    expect(outcomes(probe({ exec: ['x'] }), probe({ tcpPort: 80 }), probe({ http }))).toEqual({ [whole]: 'CONFLICT BASE LOCAL TARGET' });
    expect(outcomes({}, probe({ tcpPort: 80 }), probe({ http }))).toEqual({ [whole]: 'CONFLICT LOCAL TARGET' });
    expect(outcomes(probe({ http, retries: 1 }), probe({ retries: 1 }), probe({ http: { ...http, port: 81 }, retries: 1 }))).toEqual({
      [whole]: 'CONFLICT BASE LOCAL TARGET',
    });
  });

  it('makes no definition of a probe with two ways, as a resolution might say', () => {
    const tree = { key: 'web', replicas: 1, probes: { liveness: { tcpPort: 80, exec: ['x'] } } };
    expect(() => toDefinition(tree)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', details: { path: '/probes/liveness' } }));
  });

  it('takes another way to probe from the side that has it, beside the timing of the other', () => {
    const before = { probes: { liveness: { tcpPort: 1 } } };
    expect(outcomes(before, { probes: { liveness: { tcpPort: 1, retries: 3 } } }, { probes: { liveness: { exec: ['x'] } } })).toEqual({
      '/probes/liveness/exec': 'TAKE_TEMPLATE TARGET RESULT',
      '/probes/liveness/retries': 'KEEP_LOCAL LOCAL RESULT',
      '/probes/liveness/tcpPort': 'TAKE_TEMPLATE BASE LOCAL',
    });
  });

  it('makes one conflict, at the mount, of two volumes', () => {
    const mount = (volume: VolumeDraft): Draft => ({ volumes: { '/data': volume } });
    const whole = '/volumes/~1data';
    const [old, mine, other] = ['old', 'mine', 'other'].map((name) => mount({ kind: 'PERSISTENT', name }));
    expect(outcomes(old ?? {}, mine ?? {}, other ?? {})).toEqual({ [whole]: 'CONFLICT BASE LOCAL TARGET' });
    expect(outcomes({}, mine ?? {}, other ?? {})).toEqual({ [whole]: 'CONFLICT LOCAL TARGET' });
    // Leaf by leaf this would be an ephemeral volume named "other", which nobody wrote.
    expect(outcomes(old ?? {}, mount({ kind: 'EPHEMERAL', name: 'old' }), other ?? {})).toEqual({
      [whole]: 'CONFLICT BASE LOCAL TARGET',
    });
    expect(outcomes(old ?? {}, mount({ kind: 'BIND', source: '/srv' }), mount({ kind: 'PERSISTENT' }))).toEqual({
      [whole]: 'CONFLICT BASE LOCAL TARGET',
    });
  });

  it('takes another volume from the side that has it, beside how the other mounts it', () => {
    const before = { volumes: { '/data': { kind: 'PERSISTENT' as const, name: 'old', readOnly: false } } };
    const readOnly = { volumes: { '/data': { ...before.volumes['/data'], readOnly: true } } };
    const moved = { volumes: { '/data': { kind: 'BIND' as const, source: '/srv', readOnly: false } } };
    expect(outcomes(before, readOnly, moved)).toEqual({
      '/volumes/~1data/kind': 'TAKE_TEMPLATE BASE LOCAL TARGET RESULT',
      '/volumes/~1data/name': 'TAKE_TEMPLATE BASE LOCAL',
      '/volumes/~1data/readOnly': 'KEEP_LOCAL BASE LOCAL TARGET RESULT',
      '/volumes/~1data/source': 'TAKE_TEMPLATE TARGET RESULT',
    });
    expect(outcomes(before, moved, moved)).toMatchObject({ '/volumes/~1data/kind': 'CONVERGED BASE LOCAL TARGET RESULT' });
  });

  it('merges what is beside the model, too, and a list as a whole', () => {
    expect(outcomes({ extra: { a: { x: 1 } } }, { extra: { a: { x: 1, y: 1 } } }, { extra: { a: { x: 2 } } })).toEqual({
      '/extra/a/x': 'TAKE_TEMPLATE BASE LOCAL TARGET RESULT',
      '/extra/a/y': 'KEEP_LOCAL LOCAL RESULT',
    });
    expect(outcomes({ extra: { l: [1] } }, { extra: { l: [1, 2] } }, { extra: { l: [0, 1] } })).toEqual({
      '/extra/l': 'CONFLICT BASE LOCAL TARGET',
    });
    expect(outcomes({ extra: { b: '.' } }, { extra: { b: '.' } }, { extra: { b: { context: '.' } } })).toEqual({
      '/extra/b': 'TAKE_TEMPLATE BASE LOCAL TARGET RESULT',
    });
  });

  it('does what is chosen for a place, whether it clashes or not', () => {
    const choices = {
      '/image': { choice: 'VALUE', value: 'd' },
      '/env/A': { choice: 'LOCAL' },
      '/ports/80~1tcp': { choice: 'LOCAL' },
    } as const;
    const base = { image: 'a', env: { A: '1' }, ports: { '80/tcp': { exposed: true } } };
    expect(outcomes(base, { ...base, image: 'b' }, { image: 'c', env: { A: '2' } }, choices)).toEqual({
      '/env/A': 'RESOLVED BASE LOCAL TARGET RESULT',
      '/image': 'RESOLVED BASE LOCAL TARGET RESULT',
      '/ports/80~1tcp': 'RESOLVED BASE LOCAL RESULT',
    });
  });

  it('merges texts of several lines by line, variables as one value, and whole what is no text on one side', () => {
    const [base, local, target] = ['a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n'];
    const file = (content: string | null): Draft => ({ configFiles: { f: { content } } });
    const content = '/configFiles/f/content';
    expect(outcomes(file(base), file(local), file(target))).toEqual({ [content]: 'MERGED BASE LOCAL TARGET RESULT' });
    expect(outcomes(file(base), file(local), file('x\nb\nc\n'))).toEqual({ [content]: 'CONFLICT BASE LOCAL TARGET' });
    expect(outcomes(file(null), file(local), file(target))).toEqual({ [content]: 'CONFLICT BASE LOCAL TARGET' });
    expect(outcomes({ extra: { t: base } }, { extra: { t: local } }, { extra: { t: target } })).toEqual({
      '/extra/t': 'MERGED BASE LOCAL TARGET RESULT',
    });
    expect(outcomes({ env: { V: base } }, { env: { V: local } }, { env: { V: target } })).toEqual({
      '/env/V': 'CONFLICT BASE LOCAL TARGET',
    });
  });

  it('settles a whole text by name, and by policy only where it clashes', () => {
    const tree = (content: string): Definition => normalizeDefinition({ key: 'web', configFiles: { f: { content } } });
    const sides = { base: tree('a\nb\nc\n'), local: tree('mine\nb\nC\n'), target: tree('theirs\nb\nc\n') };
    const taking = (choices: Partial<Choices>): unknown =>
      mergeTrees(sides, { at: () => undefined, onConflict: () => undefined, ...choices }).fields.map(({ outcome, result }) => [
        outcome,
        result,
      ]);
    const named = (path: string): Choice | undefined => (path === '/configFiles/f/content' ? { choice: 'TEMPLATE' } : undefined);
    expect(taking({ at: named })).toEqual([['RESOLVED', 'theirs\nb\nc\n']]);
    expect(taking({ onConflict: () => ({ choice: 'TEMPLATE' }) })).toEqual([['RESOLVED', 'theirs\nb\nC\n']]);
    expect(taking({ onConflict: () => ({ choice: 'LOCAL' }) })).toEqual([['RESOLVED', 'mine\nb\nC\n']]);
  });
});
