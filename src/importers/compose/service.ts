import { split as shellWords } from 'shlex';
import type { ConfigFileDefinition, Definition, DependencyDefinition, EnvValue } from '../../domain/definition/definition.js';
import { isKey, normalizeDefinition } from '../../domain/definition/normalize.js';
import { Refusal } from '../../domain/errors.js';
import { emptyRecord, type Json } from '../../domain/json.js';
import { ImportFailedError, type ImportWarning } from '../imported-project.js';
import { parseDotenv } from './dotenv.js';
import { pathFrom } from './files.js';
import { mapHealthcheck } from './healthcheck.js';
import type { LoadedProject } from './load.js';
import { asMap } from './merge.js';
import { mapPorts } from './ports.js';
import {
  isList,
  isMap,
  lineOf,
  listOf,
  numberOf,
  Plain,
  textOf,
  toJson,
  toJsonObject,
  without,
  wordOf,
  type Tree,
  type TreeMap,
} from './tree.js';
import { mapVolumes } from './volumes.js';

/** Maps services to definitions: what Regraft models into its fields, everything else into `extra` under its Compose name. */
export class ServiceMapper {
  constructor(
    private readonly project: LoadedProject,
    private readonly configContents: ReadonlyMap<string, string | undefined>,
    private readonly warnings: ImportWarning[],
  ) {}

  map(key: string, service: TreeMap): Definition {
    if (!isKey(key)) throw this.#error(`"${key}" is not a name for a service: letters, digits, ".", "_" and "-"`, service);
    const extra = emptyRecord<Json>();
    const rest = emptyRecord<Tree>();
    for (const [name, value] of Object.entries(service)) rest[name] = value;
    const take = (name: string): Tree | undefined => {
      const value = rest[name];
      delete rest[name];
      return value;
    };
    const keep = (name: string, value: Json | undefined): void => {
      if (value !== undefined) extra[name] = value;
    };

    const ports = mapPorts(take('ports'), take('expose'));
    if (Object.keys(ports.extra).length > 0) keep('ports', ports.extra);
    this.#unread(key, 'ports', ports.unread, service, keep);
    const volumes = mapVolumes(take('volumes'), take('tmpfs'), this.project.files, this.project.name);
    if (Object.keys(volumes.extra).length > 0) keep('volumes', volumes.extra);
    this.#unread(key, 'volumes', volumes.unread, service, keep);
    const healthcheck = mapHealthcheck(rest['healthcheck']);
    if (isMap(take('healthcheck'))) keep('healthcheck', healthcheck.extra);
    const scale = this.#scale(take('deploy'), take('scale'), take('mem_limit'), take('cpus'), keep);
    const networks = asMap(rest['networks'], 'networks');
    if (networks) keep('networks', toJsonObject(networks));
    if (networks) take('networks');

    const draft = {
      key,
      image: textOf(take('image')),
      command: this.#words(key, 'command', take('command'), service),
      entrypoint: this.#words(key, 'entrypoint', take('entrypoint'), service),
      ...scale,
      env: this.#environment(key, take('environment'), rest['env_file'], service),
      ports: ports.ports,
      volumes: volumes.volumes,
      configFiles: { ...volumes.configFiles, ...this.#configs(key, rest['configs'], service) },
      dependsOn: this.#dependsOn(key, take('depends_on'), service, keep),
      probes: { liveness: healthcheck.probe },
      labels: this.#labels(take('labels'), service, key),
    };
    for (const [name, value] of Object.entries(rest)) keep(name, toJson(value));
    try {
      return normalizeDefinition({ ...draft, extra });
    } catch (error) {
      if (error instanceof Refusal) throw this.#error(`service "${key}": ${error.message}`, service);
      throw error;
    }
  }

  #words(key: string, name: string, tree: Tree | undefined, service: TreeMap): string[] | undefined {
    if (tree === undefined || (tree instanceof Plain && tree.value === null)) return undefined;
    if (isList(tree)) return tree.map(wordOf);
    const text = textOf(tree);
    if (text === undefined) throw this.#error(`service "${key}": ${name} is a text or a list`, service);
    try {
      return shellWords(text);
    } catch {
      // The library says only that a quote is not closed; where is for us to say.
      throw this.#error(`service "${key}": ${name} has a quote that is not closed`, service);
    }
  }

  #environment(key: string, environment: Tree | undefined, envFile: Tree | undefined, service: TreeMap): Record<string, EnvValue> {
    const env = emptyRecord<EnvValue>();
    for (const entry of listOf(envFile)) {
      const reference = textOf(isMap(entry) ? entry['path'] : entry);
      if (reference === undefined) continue;
      const text = this.project.files.read(pathFrom(this.project.name, reference));
      if (text === undefined)
        this.#warn('ENV_FILE_MISSING', `service "${key}": the file ${reference} is not given: its variables are not known`, service);
      else for (const [name, value] of parseDotenv(text, this.project.variables)) env[name] = value;
    }
    const own = asMap(environment, 'environment');
    if (environment !== undefined && !own && listOf(environment).length > 0) {
      throw this.#error(`service "${key}": environment is a mapping, or a list of NAME=value`, service);
    }
    for (const [name, value] of Object.entries(own ?? {})) env[name] = textOf(value) ?? this.project.variables.get(name) ?? null;
    return env;
  }

  #labels(tree: Tree | undefined, service: TreeMap, key: string): Record<string, string> {
    const labels = emptyRecord<string>();
    const map = asMap(tree, 'labels');
    if (tree !== undefined && !map && listOf(tree).length > 0)
      throw this.#error(`service "${key}": labels is a mapping, or a list of key=value`, service);
    for (const [name, value] of Object.entries(map ?? {})) labels[name] = textOf(value) ?? '';
    return labels;
  }

  #dependsOn(key: string, tree: Tree | undefined, service: TreeMap, keep: Keep): Record<string, Partial<DependencyDefinition>> {
    const dependsOn = emptyRecord<Partial<DependencyDefinition>>();
    const extra = emptyRecord<Json>();
    for (const [name, value] of Object.entries(asMap(tree, 'depends_on') ?? {})) {
      if (!isKey(name)) {
        this.#warn('DEPENDENCY_UNREADABLE', `service "${key}": "${name}" is not the name of a service`, service);
        extra[name] = toJson(value);
        continue;
      }
      const condition = isMap(value) ? textOf(value['condition']) : undefined;
      dependsOn[name] = condition === undefined ? {} : { condition };
      const others = isMap(value) ? without(value, 'condition') : undefined;
      if (others) extra[name] = toJsonObject(others);
      if (!Object.hasOwn(this.project.services, name)) {
        this.#warn('DEPENDENCY_MISSING', `service "${key}" depends on "${name}", which is not in the project`, service);
      }
    }
    if (Object.keys(extra).length > 0) keep('depends_on', extra);
    return dependsOn;
  }

  #configs(key: string, tree: Tree | undefined, service: TreeMap): Record<string, ConfigFileDefinition> {
    const configFiles = emptyRecord<ConfigFileDefinition>();
    for (const entry of listOf(tree)) {
      const source = textOf(isMap(entry) ? entry['source'] : entry);
      if (source === undefined) continue;
      const target = (isMap(entry) ? textOf(entry['target']) : undefined) ?? `/${source}`;
      const mode = isMap(entry) ? textOf(entry['mode']) : undefined;
      const content = this.configContents.get(source) ?? null;
      if (content === null)
        this.#warn('CONFIG_CONTENT_MISSING', `service "${key}": the content of config "${source}" is not given`, service);
      configFiles[target] = { content, ...(mode !== undefined && { mode }) };
    }
    return configFiles;
  }

  /** Replicas and limits; of doubles (`scale`, `mem_limit`, `cpus`) the one that `deploy` overrules is kept beside. */
  #scale(deploy: Tree | undefined, scale: Tree | undefined, memLimit: Tree | undefined, cpus: Tree | undefined, keep: Keep): Scale {
    const section = isMap(deploy) ? deploy : emptyRecord<Tree>();
    const resources = isMap(section['resources']) ? section['resources'] : emptyRecord<Tree>();
    const limits = isMap(resources['limits']) ? resources['limits'] : emptyRecord<Tree>();
    const deployed = countOf(section['replicas']);
    const scaled = countOf(scale);
    const cpu = textOf(limits['cpus']);
    const memory = textOf(limits['memory']);
    if (scale !== undefined && (deployed !== undefined || scaled === undefined)) keep('scale', toJson(scale));
    if (memLimit !== undefined && (memory !== undefined || textOf(memLimit) === undefined)) keep('mem_limit', toJson(memLimit));
    if (cpus !== undefined && (cpu !== undefined || textOf(cpus) === undefined)) keep('cpus', toJson(cpus));
    const limitsRest = without(limits, ...(cpu === undefined ? [] : ['cpus']), ...(memory === undefined ? [] : ['memory']));
    const resourcesRest = { ...without(resources, 'limits'), ...(limitsRest && { limits: limitsRest }) };
    const rest = {
      ...without(section, 'resources', ...(deployed === undefined ? [] : ['replicas'])),
      ...(Object.keys(resourcesRest).length > 0 && { resources: resourcesRest }),
    };
    if (Object.keys(rest).length > 0) keep('deploy', toJsonObject(rest));
    else if (deploy !== undefined && !isMap(deploy)) keep('deploy', toJson(deploy));
    return { replicas: deployed ?? scaled, resources: { cpu: cpu ?? textOf(cpus), memory: memory ?? textOf(memLimit) } };
  }

  #unread(key: string, name: string, entries: readonly Json[], service: TreeMap, keep: Keep): void {
    if (entries.length === 0) return;
    this.#warn(
      'ENTRY_UNREADABLE',
      `service "${key}": ${entries.length} of ${name} cannot be read, and are kept as they are in extra`,
      service,
    );
    keep(`unread_${name}`, entries);
  }

  #warn(code: string, message: string, at: Tree): void {
    const line = lineOf(at);
    this.warnings.push({ code, message, ...(this.project.name && { file: this.project.name }), ...(line && { line }) });
  }

  #error(message: string, at: Tree): ImportFailedError {
    return new ImportFailedError(message, this.project.name, lineOf(at));
  }
}

type Keep = (name: string, value: Json | undefined) => void;

interface Scale {
  readonly replicas: number | undefined;
  readonly resources: { readonly cpu: string | undefined; readonly memory: string | undefined };
}

function countOf(tree: Tree | undefined): number | undefined {
  const count = numberOf(tree);
  return count !== undefined && Number.isInteger(count) && count >= 0 ? count : undefined;
}
