import { plain, type Paint } from '../paint.js';
import { fieldChange, type Side } from './field.js';
import { fieldName } from './place.js';

export interface FieldDifference {
  readonly path: string;
  readonly change: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly secret: boolean;
  readonly risk: { readonly code: string; readonly message: string } | null;
}

export interface ComponentDifference {
  readonly key: string;
  readonly previousKey: string | null;
  readonly change: 'ADDED' | 'CHANGED' | 'REMOVED' | 'RENAMED' | 'UNCHANGED';
  readonly fields: readonly FieldDifference[];
}

export const COMPONENT_DIFFERENCE = 'key previousKey change fields { path change before after secret risk { code message } }';

/** Two states of an app's components, as a diff. */
export function componentsDiff(components: readonly ComponentDifference[], paint: Paint): string[] {
  const changed = components.filter(({ change }) => change !== 'UNCHANGED');
  const unchanged = components.filter(({ change }) => change === 'UNCHANGED').map(({ key }) => key);
  return [...changed.flatMap((component) => componentDiff(component, paint)), ...unchangedLine(unchanged, paint)];
}

export function unchangedLine(keys: readonly string[], paint: Paint): string[] {
  return keys.length === 0 ? [] : [paint('dim', `= ${plain(keys.join(', '))} (unchanged)`)];
}

function componentDiff({ key, previousKey, change, fields }: ComponentDifference, paint: Paint): string[] {
  const head = {
    ADDED: paint('green', `+ ${plain(key)}`),
    REMOVED: paint('red', `- ${plain(key)}`),
    RENAMED: paint('cyan', `~ ${plain(previousKey ?? '')} → ${plain(key)}`),
    CHANGED: paint('cyan', `~ ${plain(key)}`),
    UNCHANGED: plain(key),
  }[change];
  const shown = change === 'REMOVED' ? [] : fields.filter(({ path }) => path !== '/key');
  return [head, ...shown.flatMap((field) => fieldLines(field, paint).map((line) => `    ${line}`))];
}

function fieldLines({ path, change, before, after, secret, risk }: FieldDifference, paint: Paint): string[] {
  const side = (isThere: boolean, value: unknown): Side => (isThere ? (secret ? 'secret' : { value }) : undefined);
  return [
    ...fieldChange(fieldName(path), side(change !== 'ADDED', before), side(change !== 'REMOVED', after), paint),
    ...riskLine(risk, paint),
  ];
}

export function riskLine(risk: FieldDifference['risk'], paint: Paint): string[] {
  return risk ? [paint('yellow', `  ! ${risk.code}: ${plain(risk.message)}`)] : [];
}
