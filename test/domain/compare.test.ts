import { describe, expect, it } from 'vitest';
import { compareTrees } from '../../src/domain/compare/compare-trees.js';
import { withRisks } from '../../src/domain/compare/risks.js';
import { normalizeDefinition, type DefinitionDraft } from '../../src/domain/definition/normalize.js';

type Draft = Omit<DefinitionDraft, 'key'>;

const risks = (before: Draft, after: Draft | undefined): string[] => {
  const from = normalizeDefinition({ key: 'web', ...before });
  const to = after && normalizeDefinition({ key: 'web', ...after });
  return withRisks(from, to, compareTrees(from, to)).flatMap(({ path, risk }) => (risk ? [`${risk.code} ${path}`] : []));
};

const persistent = { '/data': { kind: 'PERSISTENT' as const, name: 'data' } };

describe('the risks of a change', () => {
  it('are the loss of a persistent volume that is removed, moved or replaced, or goes with its component', () => {
    expect(risks({ volumes: persistent }, {})).toEqual(['DATA_LOSS /volumes/~1data/kind']);
    expect(risks({ volumes: persistent }, { volumes: { '/other': persistent['/data'] } })).toEqual(['DATA_LOSS /volumes/~1data/kind']);
    expect(risks({ volumes: persistent }, { volumes: { '/data': { kind: 'PERSISTENT', name: 'new' } } })).toEqual([
      'DATA_LOSS /volumes/~1data/name',
    ]);
    expect(risks({ volumes: persistent }, undefined)).toEqual(['DATA_LOSS /volumes/~1data/kind']);
    expect(risks({ volumes: { '/tmp': { kind: 'EPHEMERAL' } } }, {})).toEqual([]);
  });

  it('are a port that is closed or no longer published', () => {
    expect(risks({ ports: { '80/tcp': { exposed: true } } }, {})).toEqual(['BREAKS_CALLERS /ports/80~1tcp/exposed']);
    expect(risks({ ports: { '80/tcp': { exposed: true } } }, { ports: { '80/tcp': { exposed: false } } })).toEqual([
      'BREAKS_CALLERS /ports/80~1tcp/exposed',
    ]);
    expect(risks({ ports: { '80/tcp': { published: { 80: true } } } }, { ports: { '80/tcp': { exposed: true } } })).toEqual([
      'BREAKS_CALLERS /ports/80~1tcp/published/80',
    ]);
  });

  it('are another major version of the same image', () => {
    expect(risks({ image: 'redis:6.2-alpine' }, { image: 'redis:7.0-alpine' })).toEqual(['MAJOR_IMAGE_CHANGE /image']);
    expect(risks({ image: 'host:5000/redis:6' }, { image: 'host:5000/redis:6.1' })).toEqual([]);
    expect(risks({ image: 'redis:6' }, { image: 'valkey:7' })).toEqual([]);
    expect(risks({ image: 'redis:latest' }, { image: 'redis:7' })).toEqual([]);
  });

  it('are less memory or CPU, and a variable that is removed', () => {
    expect(risks({ resources: { memory: '1Gi', cpu: '1' } }, { resources: { memory: '512Mi', cpu: '500m' } })).toEqual([
      'LESS_RESOURCES /resources/cpu',
      'LESS_RESOURCES /resources/memory',
    ]);
    expect(risks({ resources: { memory: '1g', cpu: '1' } }, { resources: { memory: '.5g', cpu: '.5' } })).toHaveLength(2);
    expect(risks({ resources: { memory: '512M' } }, { resources: { memory: '1G' } })).toEqual([]);
    expect(risks({ env: { A: '1' } }, {})).toEqual(['VARIABLE_REMOVED /env/A']);
  });
});
