import type { PlainConfigFile } from '../../domain/definition/definition.js';
import { emptyRecord } from '../../domain/json.js';
import { mapAt, textAt } from './fields.js';
import { resolvePath } from './files.js';
import type { LoadedProject } from './load.js';
import { isMap, listOf, textOf, type Tree, type TreeMap } from './tree.js';

/** The content of top-level configs by name; null where it is a secret, undefined where it is not given. */
export type ConfigContents = ReadonlyMap<string, string | null | undefined>;

/** @throws ImportFailedError for a config that is no mapping. */
export function configContents({ root, files, environment, folder }: LoadedProject): ConfigContents {
  const contents = new Map<string, string | null | undefined>();
  const configs = mapAt(root, 'configs') ?? emptyRecord<Tree>();
  for (const name of Object.keys(configs)) {
    const config = mapAt(configs, name);
    if (!config) continue;
    const file = textAt(config, 'file');
    const variable = textAt(config, 'environment');
    const given = textAt(config, 'content') ?? (file === undefined ? undefined : files.find(resolvePath(folder, file))?.content);
    contents.set(name, given === undefined && variable !== undefined ? environment.variables.get(variable) : given);
  }
  return contents;
}

/** A config that a service is granted. */
export interface ConfigGrant extends PlainConfigFile {
  readonly source: string;
  readonly target: string;
}

export function configGrants(service: TreeMap, contents: ConfigContents): ConfigGrant[] {
  return listOf(service['configs']).flatMap((entry): ConfigGrant[] => {
    const long = isMap(entry) ? entry : undefined;
    const source = long ? textAt(long, 'source') : textOf(entry);
    if (source === undefined) return [];
    const target = (long && textAt(long, 'target')) ?? `/${source}`;
    const mode = long && textAt(long, 'mode');
    return [{ source, target, content: contents.get(source) ?? null, ...(mode !== undefined && { mode }) }];
  });
}
