import { split as shellWords } from 'shlex';
import type { ConfigFileDefinition, Definition, DependencyDefinition } from '../../domain/definition/definition.js';
import { isKey, normalizeDefinition } from '../../domain/definition/normalize.js';
import { checkDefinition } from '../../domain/definition/schema.js';
import { emptyRecord, type Json } from '../../domain/json.js';
import { configGrants, type ConfigContents } from './configs.js';
import { dependenciesOf } from './dependencies.js';
import { mapEnvironment } from './environment.js';
import { EXTENSION, extendDefinition } from './extension.js';
import { textAt, wrongShape } from './fields.js';
import { mapHealthcheck } from './healthcheck.js';
import { Kept } from './kept.js';
import type { LoadedProject } from './load.js';
import { failAt, placed, placeOf } from './place.js';
import { MAX_PORTS, mapPorts } from './ports.js';
import { refusalAt } from './refusal.js';
import { mapScale } from './scale.js';
import { namesOf, pairsOf } from './spellings.js';
import { isList, isNothing, textOf, toJsonObject, without, wordOf, type TreeMap } from './tree.js';
import { mapVolumes } from './volumes.js';
import type { Warnings } from './warnings.js';
import { weigh } from './weigh.js';

export interface ServiceContext {
  readonly project: LoadedProject;
  /** The services that become components. */
  readonly active: ReadonlyMap<string, TreeMap>;
  readonly configs: ConfigContents;
  readonly warnings: Warnings;
}

/**
 * Maps a service to a definition: what Regraft models into its fields, everything else into `extra` under its Compose name.
 * @throws ImportFailedError.
 */
export function mapService(key: string, service: TreeMap, context: ServiceContext): Definition {
  const place = placeOf(service);
  if (!isKey(key)) throw failAt(place, `"${key}" is not a name for a service: letters, digits, ".", "_" and "-"`);
  return placed(
    () => place,
    () => {
      context.project.budget.make(weigh(service));
      const said = refusalAt(service, `service "${key}": `, () =>
        checkDefinition(normalizeDefinition(new ServiceMapper(key, service, context).draft())),
      );
      return extendDefinition(said, service);
    },
  );
}

class ServiceMapper {
  readonly #kept: Kept;

  constructor(
    private readonly key: string,
    private readonly service: TreeMap,
    private readonly context: ServiceContext,
  ) {
    this.#kept = new Kept(service);
  }

  draft(): Parameters<typeof normalizeDefinition>[0] {
    const { key, service } = this;
    const { project, warnings } = this.context;
    const healthcheck = mapHealthcheck(service);
    if (!isNothing(this.#kept.take('healthcheck'))) this.#kept.keep('healthcheck', healthcheck.extra);
    this.#networks();
    const draft = {
      key,
      image: this.#image(),
      command: this.#words('command'),
      entrypoint: this.#words('entrypoint'),
      ...mapScale(this.#kept),
      env: mapEnvironment(key, service, project, warnings),
      ports: this.#ports(),
      ...this.#files(),
      dependsOn: this.#dependsOn(),
      probes: { liveness: healthcheck.probe },
      labels: this.#labels(),
    };
    this.#kept.take('environment');
    this.#kept.take(EXTENSION);
    return { ...draft, extra: this.#kept.extra };
  }

  /** What variables without a value leave of an image is no image. */
  #image(): string | undefined {
    const image = textAt(this.service, 'image');
    if (image !== '') this.#kept.take('image');
    return image || undefined;
  }

  #words(name: string): string[] | undefined {
    const tree = this.#kept.take(name);
    if (isNothing(tree)) return undefined;
    if (isList(tree)) return tree.map(wordOf);
    const text = textOf(tree);
    if (text === undefined) throw wrongShape(this.service, name, 'a text or a list');
    try {
      return shellWords(withoutDollarQuotes(text));
    } catch {
      // The library tells neither which of the two it is nor where.
      throw failAt(placeOf(this.service, name), `service "${this.key}": ${name} has a quote that is not closed, or a backslash at its end`);
    }
  }

  #ports(): ReturnType<typeof mapPorts>['ports'] {
    this.#kept.take('ports');
    this.#kept.take('expose');
    const { ports, extra, unread } = mapPorts(this.service);
    this.#kept.keep('ports', extra);
    this.#unread('ports', unread, `cannot be read, or are more than ${MAX_PORTS} ports`);
    return ports;
  }

  #files(): Pick<Definition, 'volumes' | 'configFiles'> {
    const { files, folder, budget } = this.context.project;
    this.#kept.take('volumes');
    this.#kept.take('tmpfs');
    const { volumes, configFiles, extra, unread, secret } = mapVolumes(this.service, { files, folder, budget });
    this.#kept.keep('volumes', extra);
    this.#unread('volumes', unread, 'cannot be read');
    for (const path of secret) this.#warn('SECRET_LEFT_OUT', `the content of ${path} is not taken in: it is that of a secret`, 'volumes');
    return { volumes, configFiles: { ...configFiles, ...this.#configs() } };
  }

  #configs(): Record<string, ConfigFileDefinition> {
    const configFiles = emptyRecord<ConfigFileDefinition>();
    for (const { source, target, ...file } of configGrants(this.service, this.context.configs)) {
      this.context.project.budget.make({ values: 1, characters: file.content?.length ?? 0 });
      if (this.context.configs.get(source) === null)
        this.#warn('SECRET_LEFT_OUT', `the content of config "${source}" is not taken in: it is that of a secret`, 'configs');
      else if (file.content === null) this.#warn('CONFIG_CONTENT_MISSING', `the content of config "${source}" is not given`, 'configs');
      configFiles[target] = file;
    }
    return configFiles;
  }

  #dependsOn(): Record<string, Partial<DependencyDefinition>> {
    this.#kept.take('depends_on');
    const dependsOn = emptyRecord<Partial<DependencyDefinition>>();
    const extra = emptyRecord<Json>();
    for (const { name, terms, required } of dependenciesOf(this.service)) {
      const isActive = this.context.active.has(name);
      if (!isKey(name) || (!required && !isActive)) {
        extra[name] = toJsonObject(terms);
        if (isKey(name))
          this.#warn('DEPENDENCY_LEFT_OUT', `"${name}" is not active, and can be done without: it is kept in extra`, 'depends_on');
        else this.#warn('DEPENDENCY_UNREADABLE', `"${name}" is not the name of a service`, 'depends_on');
        continue;
      }
      const condition = textAt(terms, 'condition');
      dependsOn[name] = condition === undefined ? {} : { condition };
      const others = without(terms, 'condition');
      if (others) extra[name] = toJsonObject(others);
      if (!isActive) this.#warn('DEPENDENCY_MISSING', `it depends on "${name}", which is not in the project`, 'depends_on');
    }
    this.#kept.keep('depends_on', extra);
    return dependsOn;
  }

  #labels(): Record<string, string> {
    this.#kept.take('labels');
    const map = pairsOf(this.service['labels']);
    if (!map) throw wrongShape(this.service, 'labels', 'a mapping, or a list of key=value');
    const labels = emptyRecord<string>();
    for (const name of Object.keys(map)) labels[name] = textAt(map, name) ?? '';
    return labels;
  }

  /** A list of names as the mapping that it stands for, so that two spellings of the same do not differ. */
  #networks(): void {
    const networks = namesOf(this.service['networks']);
    if (!networks) return;
    this.#kept.take('networks');
    this.#kept.keep('networks', toJsonObject(networks));
  }

  #unread(name: string, entries: readonly Json[], why: string): void {
    if (entries.length === 0) return;
    this.#warn('ENTRY_UNREADABLE', `${entries.length} of ${name} ${why}, and are kept as they are in extra`, name);
    this.#kept.keep(`unread_${name}`, entries);
  }

  #warn(code: string, message: string, field: string): void {
    this.context.warnings.add(code, `service "${this.key}": ${message}`, placeOf(this.service, field));
  }
}

/** The library knows quotes with a dollar before them, as bash does and Compose does not: there the dollar is one like any other. */
function withoutDollarQuotes(line: string): string {
  return line.replace(/'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|\$(?=['"])/g, (part) => (part === '$' ? '\\$' : part));
}
