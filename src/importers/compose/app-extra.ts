import type { AppContent } from '../../domain/definition/definition.js';
import { normalizeAppContent } from '../../domain/definition/normalize.js';
import { emptyRecord, type Json } from '../../domain/json.js';
import { configGrants } from './configs.js';
import { EXTENSION, extendAppContent } from './extension.js';
import { mapAt, textAt } from './fields.js';
import { resolvePath } from './files.js';
import type { LoadedProject } from './load.js';
import { placed, placeOf } from './place.js';
import { refusalAt } from './refusal.js';
import type { ServiceContext } from './service.js';
import { toJson, toJsonObject, without, type Tree, type TreeMap } from './tree.js';
import type { Warnings } from './warnings.js';
import { weigh } from './weigh.js';

export interface ProjectContext extends ServiceContext {
  /** The services of profiles that are not asked for. */
  readonly inactive: ReadonlyMap<string, TreeMap>;
}

/** The app-level content: what stands beside the services that become components. @throws ImportFailedError. */
export function mapAppContent(context: ProjectContext): AppContent {
  const { project, inactive } = context;
  const beside = [without(project.root, 'services') ?? {}, ...inactive.values()];
  placed(
    () => placeOf(project.root),
    () => beside.forEach((tree) => project.budget.make(weigh(tree))),
  );
  const extra = appExtra(context);
  if (inactive.size > 0) extra['services'] = toJsonObject(Object.fromEntries(inactive));
  const content = refusalAt(project.root, '', () => normalizeAppContent({ extra }));
  return extendAppContent(content, project.root);
}

/** What stands beside the services, without the contents that are in the config files of a service, and without the values of secrets. */
function appExtra({ project, active, configs, warnings }: ServiceContext): Record<string, Json> {
  const used = new Set<string>();
  for (const service of active.values()) {
    for (const { source, content } of configGrants(service, configs)) if (content !== null) used.add(source);
  }
  const extra = emptyRecord<Json>();
  for (const [key, value] of Object.entries(project.root)) {
    if (key === 'configs') extra[key] = each(project.root, key, (name, config) => (used.has(name) ? withoutContent(config) : config));
    else if (key === 'secrets') extra[key] = each(project.root, key, (name, secret) => withoutSecret(name, secret, project, warnings));
    else if (key !== 'services' && key !== EXTENSION) extra[key] = toJson(value);
  }
  return extra;
}

/** Entries of a section, each changed; an entry that is no mapping says nothing. */
function each(root: TreeMap, section: string, change: (name: string, entry: TreeMap) => TreeMap): Json {
  const entries = mapAt(root, section);
  if (!entries) return null;
  const result = emptyRecord<Json>();
  for (const name of Object.keys(entries)) {
    const entry = mapAt(entries, name);
    result[name] = entry ? toJsonObject(change(name, entry)) : null;
  }
  return result;
}

function withoutContent(config: TreeMap): TreeMap {
  return without(config, 'content') ?? emptyRecord<Tree>();
}

/** A secret by name and origin; a value that is given is left out, and said to be. */
function withoutSecret(name: string, secret: TreeMap, { root, files, folder, environment }: LoadedProject, warnings: Warnings): TreeMap {
  const file = textAt(secret, 'file');
  const variable = textAt(secret, 'environment');
  const given =
    secret['content'] !== undefined ||
    (file !== undefined && files.find(resolvePath(folder, file)) !== undefined) ||
    (variable !== undefined && environment.variables.has(variable));
  if (given) {
    const elsewhere = variable === undefined ? '' : `; what else names the variable ${variable} has its value`;
    const message = `the value of secret "${name}" is not taken in: it would be readable in the log${elsewhere}`;
    warnings.add('SECRET_LEFT_OUT', message, placeOf(mapAt(root, 'secrets'), name));
  }
  return withoutContent(secret);
}
