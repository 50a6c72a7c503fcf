import type { AppContent, Definition } from '../../domain/definition/definition.js';
import type { JsonObject } from '../../domain/json.js';
import { waitingForEver } from '../../importers/compose/dependencies.js';
import { besideServices } from './beside.js';
import { Configs } from './configs.js';
import { serviceOf } from './service.js';

/** A project as far as Compose can say it. */
export interface PlainProject {
  /** By component key. */
  readonly services: ReadonlyMap<string, JsonObject>;
  /** By component key: the little that is right whatever `extra` holds. */
  bareService(definition: Definition): JsonObject;
  /** All but the services. */
  readonly beside: JsonObject;
}

export function plainProject(components: readonly Definition[], content: AppContent): PlainProject {
  const keys = new Set(components.map(({ key }) => key));
  const isComponent = (key: string): boolean => keys.has(key);
  // Compose refuses services that wait for each other; and so does the importer.
  const waiting = waitingForEver(new Map(components.map(({ key, dependsOn = {} }) => [key, Object.keys(dependsOn)])));
  const canWait = (key: string) => (need: string) => isComponent(need) && !(waiting.has(key) && waiting.has(need));
  const configs = new Configs(components, content);
  const services = new Map(
    components.map((definition) => {
      const { key } = definition;
      return [key, serviceOf(definition, { configs: configs.of(definition), isComponent, canWaitFor: canWait(key) })];
    }),
  );
  return {
    services,
    bareService: ({ extra: _, ...definition }) => serviceOf(definition, { configs: [], isComponent, canWaitFor: canWait(definition.key) }),
    beside: besideServices(components, content, configs.section),
  };
}
