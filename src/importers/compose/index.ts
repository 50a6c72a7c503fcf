import { normalizeAppContent } from '../../domain/definition/normalize.js';
import type { ComposeSource, ImportedProject } from '../imported-project.js';
import { appExtra } from './app-extra.js';
import { configContents } from './configs.js';
import { refuseCycles } from './dependencies.js';
import { wrongShape } from './fields.js';
import { loadProject } from './load.js';
import { placed, placeOf } from './place.js';
import { selectServices } from './profiles.js';
import { refusalAt } from './refusal.js';
import { mapService } from './service.js';
import { isMap, toJsonObject, without, type TreeMap } from './tree.js';
import { Warnings } from './warnings.js';
import { weigh } from './weigh.js';

/**
 * Reads a Compose project (Compose Specification) into definitions. Nothing is dropped: what is not modelled goes to `extra`, of the component or
 * of the app; but for the values of secrets, which go nowhere.
 * @throws ImportFailedError with file and line.
 */
export function importComposeProject(source: ComposeSource): ImportedProject {
  const warnings = new Warnings();
  const project = loadProject(source, warnings);
  const { active, inactive } = selectServices(servicesOf(project.services), source.profiles ?? [], warnings);
  refuseCycles(active, project.services);
  const configs = configContents(project);
  const context = { project, active, configs, warnings };
  const components = [...active].map(([name, service]) => mapService(name, service, context));
  const beside = [without(project.root, 'services') ?? {}, ...inactive.values()];
  placed(
    () => placeOf(project.root),
    () => beside.forEach((tree) => project.budget.make(weigh(tree))),
  );
  const extra = appExtra(project, active.values(), configs, warnings);
  if (inactive.size > 0) extra['services'] = toJsonObject(Object.fromEntries(inactive));
  const content = refusalAt(project.root, '', () => normalizeAppContent({ extra }));
  return { components, content, warnings: warnings.list };
}

function servicesOf(services: TreeMap): ReadonlyMap<string, TreeMap> {
  const result = new Map<string, TreeMap>();
  for (const [name, service] of Object.entries(services)) {
    if (!isMap(service)) throw wrongShape(services, name, 'a service, which is a mapping');
    result.set(name, service);
  }
  return result;
}
