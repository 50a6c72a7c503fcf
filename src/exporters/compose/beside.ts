import type { AppContent, Definition } from '../../domain/definition/definition.js';
import { isKey } from '../../domain/definition/normalize.js';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.js';
import { listAt, objectAt, objectOf, sorted, sortedEntries, unlessEmpty } from './json.js';
import { volumeName } from './volumes.js';

/** Sections whose entries are mappings, or nothing. */
const SECTIONS = ['networks', 'volumes', 'configs', 'secrets'] as const;
/** What would be acted upon, and our own. */
const NOT_WRITTEN = new Set<string>(['services', 'include', 'x-regraft', ...SECTIONS]);

/** What stands beside the services: the app-level content as Compose can say it, and what the services name, which Compose wants declared. */
export function besideServices(components: readonly Definition[], { extra }: AppContent, configs: JsonObject): JsonObject {
  const sections = {
    networks: section(extra, 'networks', components.flatMap(networksOf)),
    volumes: section(extra, 'volumes', components.flatMap(volumesOf)),
    configs,
    secrets: section(extra, 'secrets', []),
  };
  const others = sortedEntries(extra).filter(([key]) => !NOT_WRITTEN.has(key));
  return objectOf([
    ...SECTIONS.map((name) => [name, unlessEmpty(sorted(sections[name]) as JsonObject)] as const),
    ...others.map(([key, value]) => [key, sorted(value)] as const),
  ]);
}

function section(extra: JsonObject | undefined, name: string, named: readonly string[]): JsonObject {
  const declared = Object.entries(objectAt(extra, name)).filter(([, entry]) => isJsonObject(entry) || entry === null);
  return objectOf([...named.map((each): [string, Json] => [each, null]), ...declared]);
}

function networksOf({ extra }: Definition): string[] {
  return Object.keys(objectAt(extra, 'networks')).filter((name) => name !== 'default');
}

function volumesOf({ volumes = {} }: Definition): string[] {
  return Object.values(volumes).flatMap((volume) => volumeName(volume) ?? []);
}

/**
 * Services of profiles that were not asked for when they were imported. They stay so, where nothing makes them components: all of them have a
 * profile, and there is a component, without which none would be active.
 */
export function inactiveServices(components: readonly Definition[], { extra }: AppContent): JsonObject {
  const services = objectAt(extra, 'services');
  const keys = new Set(components.map(({ key }) => key));
  const stay = Object.entries(services).every(
    ([name, service]) =>
      isKey(name) && !keys.has(name) && isJsonObject(service) && service['extends'] === undefined && listAt(service, 'profiles').length > 0,
  );
  return stay && keys.size > 0 ? (sorted(services) as JsonObject) : {};
}
