import type { ApiCaller } from '../api/caller.js';
import { find } from '../api/names.js';
import { report } from '../command.js';
import { fieldChange } from '../diff/field.js';
import { fieldName } from '../diff/place.js';
import type { FieldDifference } from '../diff/components.js';
import { RefusedError, UsageError } from '../errors.js';
import { OK, type ExitCode } from '../exit-code.js';
import { plain } from '../paint.js';
import { pairOf } from './pairs.js';
import type { Remote } from './remote.js';

export interface SetOptions {
  /** Fields that are to go, as `env.NAME`. */
  readonly unset: readonly string[];
}

interface SetPayload {
  readonly position: string;
  readonly app: { readonly name: string };
  readonly component: { readonly key: string; readonly templateVersion: string | null; readonly localChanges: readonly FieldDifference[] };
}

export const APP_COMPONENTS = 'query ($id: ID!) { app(id: $id) { components { id key } } }';
export const SET_PAYLOAD =
  'app { name } component { key templateVersion localChanges { path change before after secret risk { code message } } }';

/** Changes fields of a component: those that people change most, as `replicas=3` and `env.LOG_LEVEL=debug`. */
export async function setCommand(
  { caller, terminal, json }: Remote,
  appText: string,
  key: string,
  pairs: readonly string[],
  options: SetOptions,
): Promise<ExitCode> {
  if (pairs.length === 0 && options.unset.length === 0)
    throw new UsageError('say what to set, as replicas=3 or env.NAME=value, or what to --unset');
  const set = patchOf(pairs);
  const unset = options.unset.map(pointerOf);
  const { id } = await find(caller, 'app', appText);
  const componentId = await componentOf(caller, id, key);
  const { app, component } = await caller.command<SetPayload>('updateComponent', 'UpdateComponentInput', SET_PAYLOAD, {
    appId: id,
    componentId,
    ...(pairs.length > 0 && { set }),
    ...(unset.length > 0 && { unset }),
  });
  const lines = component.localChanges.flatMap(({ path, change, before, after, secret }) =>
    fieldChange(
      fieldName(path),
      change === 'ADDED' ? undefined : secret ? 'secret' : { value: before },
      change === 'REMOVED' ? undefined : secret ? 'secret' : { value: after },
      terminal.paint,
    ),
  );
  const head = `${plain(component.key)} of "${plain(app.name)}" is set.`;
  const text = lines.length === 0 ? head : `${head} It differs from the template by:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  await report(terminal, json, { component }, text);
  return OK;
}

async function componentOf(caller: ApiCaller, appId: string, key: string): Promise<string> {
  const { app } = await caller.ask<{ app: { components: readonly { id: string; key: string }[] } }>(APP_COMPONENTS, { id: appId });
  const found = app.components.find((component) => component.key === key || component.id === key);
  if (found) return found.id;
  throw new RefusedError(
    'NOT_FOUND',
    `there is no component "${key}"; there are ${app.components.map((component) => component.key).join(', ') || 'none'}`,
  );
}

const FIELDS = 'image, title, replicas, resources.cpu, resources.memory, env.<NAME>, labels.<key>';

/** A patch as the API takes it. @throws UsageError. */
function patchOf(pairs: readonly string[]): object {
  const patch: Record<string, unknown> = {};
  const [env, labels, resources]: [object[], object[], Record<string, string>] = [[], [], {}];
  for (const pair of pairs) {
    const [field, value] = pairOf('set', pair);
    const [, group, name] = /^(env|labels|resources)\.(.+)$/s.exec(field) ?? [];
    if (group === 'env') env.push({ name, value });
    else if (group === 'labels') labels.push({ key: name, value });
    else if (group === 'resources' && (name === 'cpu' || name === 'memory')) resources[name] = value;
    else if (field === 'image' || field === 'title') patch[field] = value;
    else if (field === 'replicas' && /^\d{1,9}$/.test(value)) patch['replicas'] = Number(value);
    else throw new UsageError(`${pair}: one of ${FIELDS} is expected${field === 'replicas' ? ', replicas as a number' : ''}`);
  }
  return {
    ...patch,
    ...(env.length > 0 && { env }),
    ...(labels.length > 0 && { labels }),
    ...(Object.keys(resources).length > 0 && { resources }),
  };
}

function pointerOf(field: string): string {
  const [, group, name] = /^(env|labels|resources)\.(.+)$/s.exec(field) ?? [];
  const segments = group === undefined || name === undefined ? [field] : [group, name];
  return segments.map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
