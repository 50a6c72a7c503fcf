import { parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/domain/definition/definition.js';
import { importComposeProject } from '../../src/importers/compose/index.js';
import { interpolate } from '../../src/importers/compose/interpolate.js';
import { parseDotenv, variablesOf } from '../../src/importers/compose/dotenv.js';
import { corpusProjects, hasCorpus, type CorpusVersion } from './corpus.js';

/**
 * Every scalar of the file, spelled out by a plain YAML parser, must be found in the definition of its service or in extra: as it is, or in one of
 * the few forms into which the importer is allowed to bring it.
 */
function lostLeaves({ source }: CorpusVersion): string[] {
  const { components, content } = importComposeProject(source);
  const variables = variablesOf(parseDotenv(source.env ?? ''));
  const root = parseDocument(source.files[0]?.content ?? '', { merge: true }).toJS({ maxAliasCount: -1 }) as Record<string, unknown>;
  const services = (root['services'] ?? (root['version'] ? {} : root)) as Record<string, unknown>;
  const appTexts = textsOf(content);
  const lost: string[] = [];
  for (const [key, value] of Object.entries(root)) {
    if (key === 'services' || services === root) continue;
    for (const [path, leaf] of leavesOf(value, `/${key}`)) if (!found(path, leaf, appTexts, variables)) lost.push(path);
  }
  for (const [name, service] of Object.entries(services)) {
    const component = components.find(({ key }) => key === name);
    const texts = component ? textsOf(component) : appTexts;
    if (component) addForms(component, texts);
    for (const [path, leaf] of leavesOf(service, `/services/${name}`)) if (!found(path, leaf, texts, variables)) lost.push(path);
  }
  return lost;
}

/** Forms that stand for several leaves of the file: words of a command, parts of a port. */
function addForms(component: Definition, texts: Set<string>): void {
  for (const list of [component.command, component.entrypoint, component.probes?.liveness?.exec]) texts.add((list ?? []).join(' '));
}

function found(path: string, leaf: unknown, texts: Set<string>, variables: Map<string, string>): boolean {
  const text = interpolate(String(leaf), variables).text;
  if (texts.has(text) || (leaf === null && [...texts].length > 0)) return true;
  const [, , , field = ''] = path.split('/');
  switch (field) {
    case 'environment':
    case 'labels':
    case 'extra_hosts': {
      const at = text.search(field === 'extra_hosts' ? /[=:]/ : /=/);
      return at < 0 ? texts.has(text) : texts.has(text.slice(0, at)) && texts.has(text.slice(at + 1));
    }
    case 'ports':
    case 'expose':
      return (text.split('/')[0] ?? '')
        .split(':')
        .every((part) => part.split('-').every((number) => [...texts].some((each) => each.split(/[/:]/).includes(number))));
    case 'volumes':
    case 'tmpfs':
      return text
        .split(':')
        .every((part) =>
          part
            .split(',')
            .every(
              (word) => ['rw', 'ro', 'volume', 'bind', 'true', 'tmpfs'].includes(word) || [...texts].some((each) => each.includes(word)),
            ),
        );
    case 'command':
    case 'entrypoint':
    case 'healthcheck':
      if (['CMD', 'CMD-SHELL'].includes(text)) return true;
      if (/^[\dhms]+$/.test(text)) return [...texts].some((each) => each === String(seconds(text)));
      return text.split(/[\s'"\\]+/).every((word) => [...texts].some((each) => each.includes(word)));
    case 'deploy':
      return texts.has(text);
    default:
      return false;
  }
}

function seconds(duration: string): number {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0), 0);
}

/** All keys and scalars of a tree as texts. */
function textsOf(value: unknown, into = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) into.add(String(value));
  else {
    for (const [key, member] of Object.entries(value)) {
      if (!Array.isArray(value)) into.add(key);
      textsOf(member, into);
    }
  }
  return into;
}

function leavesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, `${path}/${key}`));
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
