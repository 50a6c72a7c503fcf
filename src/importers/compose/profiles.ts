import type { ImportWarning } from '../imported-project.js';
import { isMap, listOf, Plain, textOf, type TreeMap } from './tree.js';

type Service = [name: string, service: TreeMap];

/**
 * Services that are active under the profiles asked for: those that name none, those that name one of them (`*` asks for all), and those that an
 * active one cannot do without. Where none is active at all, every service is taken in: the project is nothing without its profiles.
 */
export function selectServices(
  services: readonly Service[],
  profiles: readonly string[],
  warnings: ImportWarning[],
): { active: Service[]; inactive: Service[] } {
  const asked = new Set(profiles);
  const byName = new Map(services);
  const active = new Set<string>();
  const activate = (name: string, neededBy: string | undefined): void => {
    const service = byName.get(name);
    if (!service || active.has(name)) return;
    active.add(name);
    if (neededBy !== undefined && !isAsked(service, asked)) {
      const message = `service "${name}" is of a profile that is not asked for, and taken in because "${neededBy}" depends on it`;
      warnings.push({ code: 'SERVICE_TAKEN_IN', message });
    }
    for (const need of requiredBy(service)) activate(need, name);
  };
  for (const [name, service] of services) if (isAsked(service, asked)) activate(name, undefined);
  if (active.size === 0 && services.length > 0) {
    const message = 'every service is of a profile, and none of them is asked for: all services are taken in';
    warnings.push({ code: 'PROFILES_TAKEN_IN', message, suggestion: 'name profiles to take in only theirs' });
    return { active: [...services], inactive: [] };
  }
  const inactive = services.filter(([name]) => !active.has(name));
  for (const [name, service] of inactive) {
    const names = profilesOf(service).join(', ');
    warnings.push({
      code: 'SERVICE_INACTIVE',
      message: `service "${name}" is of a profile that is not asked for (${names}): it is kept in the app's extra, not as a component`,
      suggestion: `profiles: [${profilesOf(service)
        .map((profile) => JSON.stringify(profile))
        .join(', ')}]`,
    });
  }
  return { active: services.filter(([name]) => active.has(name)), inactive };
}

function isAsked(service: TreeMap, asked: ReadonlySet<string>): boolean {
  const profiles = profilesOf(service);
  return profiles.length === 0 || asked.has('*') || profiles.some((profile) => asked.has(profile));
}

function profilesOf(service: TreeMap): string[] {
  return listOf(service['profiles']).map((profile) => textOf(profile) ?? '');
}

function requiredBy(service: TreeMap): string[] {
  const tree = service['depends_on'];
  if (!isMap(tree)) return listOf(tree).map((entry) => textOf(entry) ?? '');
  return Object.entries(tree)
    .filter(([, value]) => !(isMap(value) && value['required'] instanceof Plain && value['required'].value === false))
    .map(([name]) => name);
}
