import type { EnvValue } from '../../domain/definition/definition.js';
import { emptyRecord } from '../../domain/json.js';
import { boolAt, textAt, wrongShape } from './fields.js';
import { resolvePath } from './files.js';
import type { LoadedProject } from './load.js';
import { failAt, placeOf } from './place.js';
import { pairsOf } from './spellings.js';
import { isMap, listOf, textOf, type TreeMap } from './tree.js';
import type { Warnings } from './warnings.js';

/**
 * The variables of a service: those of its `env_file`s, a later one over an earlier, and over them those of `environment`. A name alone has its
 * value from the environment of the project.
 */
export function mapEnvironment(name: string, service: TreeMap, project: LoadedProject, warnings: Warnings): Record<string, EnvValue> {
  const env = emptyRecord<EnvValue>();
  const environment = project.environmentOf(name);
  for (const entry of listOf(service['env_file'])) {
    const long = isMap(entry) ? entry : undefined;
    const place = long ? placeOf(long) : placeOf(service, 'env_file');
    const reference = long ? textAt(long, 'path') : textOf(entry);
    if (reference === undefined) throw failAt(place, 'env_file is a path, or a mapping with a path');
    const required = long ? (boolAt(long, 'required') ?? true) : true;
    const raw = (long && textAt(long, 'format')) === 'raw';
    const file = project.files.find(resolvePath(project.folder, reference));
    if (!file) {
      const message = `service "${name}": the file ${reference} is not given: its variables are not known`;
      if (required) warnings.add('ENV_FILE_MISSING', message, place);
      continue;
    }
    if (file.content === null) {
      warnings.add('SECRET_LEFT_OUT', `service "${name}": the variables of ${reference} are not taken in: it is a secret`, place);
      continue;
    }
    const entries = project.environments.entriesOf(file, raw, environment);
    for (const [variable, value] of entries) {
      project.budget.make({ values: 1, characters: variable.length + (value?.length ?? 0) });
      env[variable] = value;
    }
  }
  const own = pairsOf(service['environment']);
  if (!own) throw wrongShape(service, 'environment', 'a mapping, or a list of NAME=value');
  for (const variable of Object.keys(own)) env[variable] = textAt(own, variable) ?? environment.variables.get(variable) ?? null;
  return env;
}
