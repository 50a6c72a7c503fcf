import { dependenciesOf } from './dependencies.js';
import { placeOf } from './place.js';
import { listOf, textOf, type TreeMap } from './tree.js';
import type { Warnings } from './warnings.js';

type Services = ReadonlyMap<string, TreeMap>;

/**
 * Services that are active under the profiles asked for: those that name none, those that name one of them (`*` asks for all), and those that an
 * active one cannot do without. Where none is active at all, every service is taken in: the project is nothing without its profiles.
 */
export function selectServices(
  services: Services,
  profiles: readonly string[],
  warnings: Warnings,
): { active: Services; inactive: Services } {
  const asked = new Set(profiles);
  const active = new Set<string>();
  for (const [name, service] of services) if (isAsked(service, asked)) active.add(name);
  if (active.size === 0 && services.size > 0) {
    const message = 'every service is of a profile, and none of them is asked for: all services are taken in';
    warnings.add('PROFILES_TAKEN_IN', message, undefined, 'name profiles to take in only theirs');
    return { active: services, inactive: new Map() };
  }
  takeInNeeded(active, services, warnings);
  const inactive = new Map([...services].filter(([name]) => !active.has(name)));
  for (const [name, service] of inactive) {
    const names = profilesOf(service);
    const message = `service "${name}" is of a profile that is not asked for (${names.join(', ')}): it is kept in the app's extra, not as a component`;
    const suggestion = `profiles: [${names.map((profile) => JSON.stringify(profile)).join(', ')}]`;
    warnings.add('SERVICE_INACTIVE', message, placeOf(service), suggestion);
  }
  return { active: new Map([...services].filter(([name]) => active.has(name))), inactive };
}

function takeInNeeded(active: Set<string>, services: Services, warnings: Warnings): void {
  // A set goes on over what is added to it meanwhile.
  for (const name of active) {
    const service = services.get(name);
    for (const need of service ? dependenciesOf(service) : []) {
      const needed = services.get(need.name);
      if (!needed || !need.required || active.has(need.name)) continue;
      active.add(need.name);
      const message = `service "${need.name}" is of a profile that is not asked for, and taken in because "${name}" depends on it`;
      warnings.add('SERVICE_TAKEN_IN', message, placeOf(needed));
    }
  }
}

function isAsked(service: TreeMap, asked: ReadonlySet<string>): boolean {
  const profiles = profilesOf(service);
  return profiles.length === 0 || asked.has('*') || profiles.some((profile) => asked.has(profile));
}

function profilesOf(service: TreeMap): string[] {
  return listOf(service['profiles']).map((profile) => textOf(profile) ?? '');
}
