import { UsageError } from '../errors.js';
import { placeName } from '../diff/place.js';
import type { Choices, FieldPlan, Plan, Resolution } from './plan-query.js';

export type Preference = 'ours' | 'theirs';

export function policyOf(prefer: Preference | undefined): Choices['policy'] {
  if (prefer === undefined) return 'ASK';
  return prefer === 'ours' ? 'PREFER_LOCAL' : 'PREFER_TEMPLATE';
}

/** What `--resolve` may name: its name, and a value there by which its kind is known. */
interface Settleable {
  readonly name: string;
  readonly componentKey: string;
  readonly path: string;
  readonly isText: boolean;
}

/**
 * Reads `web.env.LOG_LEVEL=ours`, `=theirs` or `=<a value>` (`=value:ours` for the text "ours"), by the places that a plan shows; and
 * `web:/env/LOG_LEVEL=…`, with a JSON Pointer, for any other.
 * @throws UsageError that names the places there are.
 */
export function parseResolutions(texts: readonly string[], plan: Plan): readonly Resolution[] {
  const places = placesOf(plan);
  return texts.map((text) => {
    const byPointer = /^([^:=]*):((?:\/[^=]*)?)=(.*)$/s.exec(text);
    if (byPointer) {
      const [, componentKey = '', path = '', choice = ''] = byPointer;
      const known = places.find((place) => place.componentKey === componentKey && place.path === path);
      return { componentKey, path, ...choiceOf(text, choice, known?.isText ?? true) };
    }
    const named = places.filter(({ name }) => text.startsWith(`${name}=`));
    const longest = Math.max(...named.map(({ name }) => name.length));
    const [place, other] = named.filter(({ name }) => name.length === longest);
    if (!place) throw new UsageError(`--resolve ${text}: the plan shows no such place${settleable(plan)}`);
    if (other) throw new UsageError(`--resolve ${text}: say which of them, as ${pointerForm(place)}=… or ${pointerForm(other)}=…`);
    return { componentKey: place.componentKey, path: place.path, ...choiceOf(text, text.slice(place.name.length + 1), place.isText) };
  });
}

function placesOf(plan: Plan): readonly Settleable[] {
  const fields = [...plan.components.flatMap((component) => component.fields), ...plan.appFields, ...plan.conflicts];
  const places = [
    ...fields.map((field) => ({ componentKey: field.componentKey, path: field.path, isText: isText(field) })),
    ...plan.components.map(({ key }) => ({ componentKey: key, path: '', isText: false })),
  ];
  const unique = new Map(places.map((place) => [pointerForm(place), place]));
  return [...unique.values()].map((place) => ({ ...place, name: placeName(place) }));
}

function isText({ base, local, target, secret }: FieldPlan): boolean {
  return secret || [base, local, target].some((side) => typeof side === 'string');
}

function choiceOf(text: string, given: string, isText: boolean): Pick<Resolution, 'choice' | 'value'> {
  if (given === 'ours') return { choice: 'LOCAL' };
  if (given === 'theirs') return { choice: 'TEMPLATE' };
  const value = given.startsWith('value:') ? given.slice('value:'.length) : given;
  if (isText) return { choice: 'VALUE', value };
  try {
    return { choice: 'VALUE', value: JSON.parse(value) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`--resolve ${text}: ours, theirs or a value as JSON is expected`);
  }
}

function settleable({ conflicts }: Plan): string {
  if (conflicts.length === 0) return '; there is no conflict in it';
  return `. To settle are:\n${conflicts.map((field) => `  ${placeName(field)}`).join('\n')}`;
}

function pointerForm({ componentKey, path }: { readonly componentKey: string; readonly path: string }): string {
  return `${componentKey}:${path}`;
}
