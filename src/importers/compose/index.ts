import { normalizeAppContent } from '../../domain/definition/normalize.js';
import { emptyRecord, type Json } from '../../domain/json.js';
import { ImportFailedError, type ComposeSource, type ImportedProject, type ImportWarning } from '../imported-project.js';
import { pathFrom } from './files.js';
import { loadProject, type LoadedProject } from './load.js';
import { selectServices } from './profiles.js';
import { ServiceMapper } from './service.js';
import { isMap, lineOf, listOf, textOf, toJson, toJsonObject, without, type Tree, type TreeMap } from './tree.js';

/**
 * Reads a Compose project (Compose Specification) into definitions. Nothing is dropped: what is not modelled goes to `extra`, of the component or
 * of the app; but for the values of secrets, which go nowhere.
 * @throws ImportFailedError with file and line.
 */
export function importComposeProject(source: ComposeSource): ImportedProject {
  const warnings: ImportWarning[] = [];
  const project = loadProject(source, warnings);
  for (const [name, service] of Object.entries(project.services)) {
    if (!isMap(service)) throw new ImportFailedError(`service "${name}" is a mapping`, project.name, lineOf(project.services, name));
  }
  const services = Object.entries(project.services).filter((entry): entry is [string, TreeMap] => isMap(entry[1]));
  const { active, inactive } = selectServices(services, source.profiles ?? [], warnings);
  refuseCycles(active, project);
  const configs = configContents(project);
  const mapper = new ServiceMapper(project, configs, warnings);
  const components = active.map(([name, service]) => mapper.map(name, service));
  const extra = appExtra(project, configs, warnings);
  if (inactive.length > 0) extra['services'] = toJsonObject(Object.fromEntries(inactive));
  return { components, content: normalizeAppContent({ extra }), warnings };
}

/** Contents of top-level configs, as far as they are given. */
function configContents({ root, files, variables, name }: LoadedProject): Map<string, string | undefined> {
  const contents = new Map<string, string | undefined>();
  const configs = root['configs'];
  for (const [key, config] of Object.entries(isMap(configs) ? configs : {})) {
    if (!isMap(config)) continue;
    const file = textOf(config['file']);
    const variable = textOf(config['environment']);
    const given = textOf(config['content']) ?? (file === undefined ? undefined : files.read(pathFrom(name, file)));
    contents.set(key, given ?? (variable === undefined ? undefined : variables.get(variable)));
  }
  return contents;
}

function appExtra(
  project: LoadedProject,
  configs: ReadonlyMap<string, string | undefined>,
  warnings: ImportWarning[],
): Record<string, Json> {
  const extra = emptyRecord<Json>();
  for (const [key, value] of Object.entries(project.root)) {
    if (key === 'services') continue;
    if (key === 'configs' && isMap(value)) extra[key] = toJsonObject(withoutContents(value, usedConfigs(project, configs)));
    else if (key === 'secrets' && isMap(value)) extra[key] = toJsonObject(withoutSecrets(value, project, warnings));
    else extra[key] = toJson(value);
  }
  return extra;
}

/** Configs whose content is in the config files of a service. */
function usedConfigs({ services }: LoadedProject, configs: ReadonlyMap<string, string | undefined>): Set<string> {
  const entries = Object.values(services).flatMap((service) => (isMap(service) ? listOf(service['configs']) : []));
  const names = entries.map((entry) => textOf(isMap(entry) ? entry['source'] : entry) ?? '');
  return new Set(names.filter((name) => configs.get(name) !== undefined));
}

function withoutContents(configs: TreeMap, used: ReadonlySet<string>): TreeMap {
  const entries = Object.entries(configs).map(([name, config]): [string, Tree] => {
    return [name, used.has(name) && isMap(config) ? (without(config, 'content') ?? emptyRecord<Tree>()) : config];
  });
  return Object.fromEntries(entries);
}

/** Secrets by name and origin; a value that is given is left out, and said to be. */
function withoutSecrets(secrets: TreeMap, project: LoadedProject, warnings: ImportWarning[]): TreeMap {
  const entries = Object.entries(secrets).map(([name, secret]): [string, Tree] => {
    if (!isMap(secret)) return [name, secret];
    const file = textOf(secret['file']);
    const variable = textOf(secret['environment']);
    const given =
      secret['content'] !== undefined ||
      (file !== undefined && project.files.read(pathFrom(project.name, file)) !== undefined) ||
      (variable !== undefined && project.variables.get(variable) !== undefined);
    if (given) {
      const line = lineOf(secrets, name);
      warnings.push({
        code: 'SECRET_LEFT_OUT',
        message: `the value of secret "${name}" is not taken in: it would be readable in the log`,
        ...(project.name && { file: project.name }),
        ...(line && { line }),
      });
    }
    return [name, without(secret, 'content') ?? emptyRecord<Tree>()];
  });
  return Object.fromEntries(entries);
}

/** Components that wait for each other never start. */
function refuseCycles(services: readonly (readonly [string, TreeMap])[], project: LoadedProject): void {
  const needs = new Map(services.map(([name, service]) => [name, dependenciesOf(service)]));
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return;
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' -> ');
      throw new ImportFailedError(`services depend on each other: ${cycle}`, project.name, lineOf(project.services, name));
    }
    for (const need of needs.get(name) ?? []) visit(need, [...path, name]);
    done.add(name);
  };
  for (const name of needs.keys()) visit(name, []);
}

function dependenciesOf(service: TreeMap): string[] {
  const tree = service['depends_on'];
  return isMap(tree) ? Object.keys(tree) : listOf(tree).map((entry) => textOf(entry) ?? '');
}
