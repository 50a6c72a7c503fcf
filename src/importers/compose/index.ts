import type { ComposeSource, ImportedProject } from '../imported-project.js';
import { mapAppContent } from './app-extra.js';
import { configContents } from './configs.js';
import { refuseCycles } from './dependencies.js';
import { wrongShape } from './fields.js';
import { loadProject } from './load.js';
import { selectServices } from './profiles.js';
import { mapService } from './service.js';
import { isMap, type TreeMap } from './tree.js';
import { Warnings } from './warnings.js';

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
  const context = { project, active, inactive, configs: configContents(project), warnings };
  const components = [...active].map(([name, service]) => mapService(name, service, context));
  return { components, content: mapAppContent(context), warnings: warnings.list };
}

function servicesOf(services: TreeMap): ReadonlyMap<string, TreeMap> {
  const result = new Map<string, TreeMap>();
  for (const [name, service] of Object.entries(services)) {
    if (!isMap(service)) throw wrongShape(services, name, 'a service, which is a mapping');
    result.set(name, service);
  }
  return result;
}
