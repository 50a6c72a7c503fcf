import { parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/domain/definition/definition.js';
import { importComposeProject } from '../../src/importers/compose/index.js';
import { parseDotenv, variablesOf } from '../../src/importers/compose/dotenv.js';
import { interpolate, type Variables } from '../../src/importers/compose/interpolate.js';
import { corpusProjects, hasCorpus, type CorpusVersion } from './corpus.js';
import { lost, lostOfService, type Yaml, type YamlMap } from './lost-leaves.js';

/** Every leaf of the file, spelled out by a plain YAML parser, that is neither in the definition of its service nor in extra, at its place. */
function lostLeaves({ source }: CorpusVersion): string[] {
  const { components, content } = importComposeProject(source);
  const variables = variablesOf(parseDotenv(source.env ?? ''));
  const parsed = parseDocument(source.files[0]?.content ?? '', { merge: true }).toJS({ maxAliasCount: -1 }) as Yaml;
  const root = replaceVariables(parsed, variables) as YamlMap;
  const modern = root['services'] !== undefined || root['version'] !== undefined;
  const services = (modern ? (root['services'] ?? {}) : root) as YamlMap;
  const { services: inactive, ...beside } = content.extra ?? {};
  const app = modern ? Object.entries(root).filter(([key]) => key !== 'services') : [];
  return [
    ...app.flatMap(([key, value]) => lost(value, beside[key], key)),
    ...Object.entries(services).flatMap(([name, service]) => {
      const component = components.find(({ key }) => key === name);
      const lostOfThis = component
        ? lostOfService(service as YamlMap, component)
        : lost(service, (inactive as YamlMap | undefined)?.[name], '');
      return lostOfThis.map((path) => `${name}: ${path}`);
    }),
  ];
}

function replaceVariables(value: Yaml, variables: Variables): Yaml {
  if (typeof value === 'string') return interpolate(value, variables).text;
  if (Array.isArray(value)) return (value as readonly Yaml[]).map((item) => replaceVariables(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaceVariables(member, variables)]));
}

describe.skipIf(!hasCorpus)('importing public projects', () => {
  it('has the whole corpus', () => {
    expect([...corpusProjects().values()].flat()).toHaveLength(120);
  });

  for (const [project, versions] of corpusProjects()) {
    it(`loses no leaf of ${project}`, () => {
      for (const version of versions) expect(lostLeaves(version), version.version).toEqual([]);
    });
  }
});

describe('a lost leaf', () => {
  const service = {
    image: 'x',
    init: true,
    ports: ['8080:80'],
    environment: { A: '1', B: null },
    volumes: ['d:/data:ro'],
    'x-a': [1, null],
  };
  const whole: Definition = {
    key: 'a',
    image: 'x',
    replicas: 1,
    ports: { '80/tcp': { exposed: true, published: { '8080': true } } },
    env: { A: '1', B: null },
    volumes: { '/data': { kind: 'PERSISTENT', name: 'd', readOnly: true } },
    extra: { init: true, 'x-a': [1, null] },
  };

  it('is none where every leaf is at its place', () => {
    expect(lostOfService(service, whole)).toEqual([]);
  });

  it.each<[string, Partial<Definition>, string]>([
    ['a value under another key', { env: { A: null, B: '1' } }, 'environment/A'],
    ['a variable without a value', { env: { A: '1' } }, 'environment/B'],
    ['true', { extra: { 'x-a': [1, null] } }, 'init'],
    ['1', { extra: { init: true, 'x-a': [null, null] } }, 'x-a/0'],
    ['null', { extra: { init: true, 'x-a': [1] } }, 'x-a'],
    ['a host port', { ports: { '80/tcp': { exposed: true, published: { '80': true } } } }, 'ports 8080:80 (80)'],
    ['a mode', { volumes: { '/data': { kind: 'PERSISTENT', name: 'd', readOnly: false } } }, 'volumes /data'],
  ])('is noticed: %s', (_, change, path) => {
    expect(lostOfService(service, { ...whole, ...change })).toEqual([path]);
  });
});
