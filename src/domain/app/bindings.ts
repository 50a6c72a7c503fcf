import { accept, type Decision } from '../decision.js';
import { Refusal } from '../errors.js';
import { parseInstalledComponentId, type AppId, type ComponentId } from '../ids.js';
import type { Pointer } from '../pointer.js';
import type { AppEvent } from './events.js';

/** Where a value is bound: to a place of a component, whether it is there just now or not. */
export interface BindingPlace {
  readonly componentId: ComponentId;
  /** Of a variable, or of a config file as a whole. */
  readonly path: Pointer;
}

/** A value as the log has it. Nothing here tells it without the key. */
export interface SealedValue {
  /** The data key that it is sealed with. */
  readonly keyId: string;
  /** Base64. */
  readonly ciphertext: string;
  /** Base64. */
  readonly nonce: string;
  /** Equal exactly for equal values at one place; base64. */
  readonly mac: string;
}

export interface Binding extends BindingPlace {
  readonly origin: 'GIVEN' | 'GENERATED';
  /** Of a generated variable: those of one install that name the same group have one value. */
  readonly group?: string;
  readonly sealed: SealedValue;
}

/** The bindings of an app by `bindingKey`. They stay for the life of the app: a removed variable that comes back has its value. */
export type Bindings = ReadonlyMap<string, Binding>;

/** Bytes of UTF-8: so that what is sealed fits one append on every store. */
const MAX_VALUE_BYTES = 256 * 1024;

export function bindingKey({ componentId, path }: BindingPlace): string {
  return `${componentId} ${path}`;
}

/** The binding of a variable of the same group in the same install, or among the app's own components; a generated one before one that was given. */
export function bindingOfGroup(bindings: Bindings, componentId: ComponentId, group: string): Binding | undefined {
  const scope = scopeOf(componentId);
  const alike = [...bindings.values()].filter((binding) => binding.group === group && scopeOf(binding.componentId) === scope);
  return alike.find(({ origin }) => origin === 'GENERATED') ?? alike[0];
}

/** What shares the values of groups: an installation, or all components of the app's own. */
export function scopeOf(componentId: ComponentId): string {
  return parseInstalledComponentId(componentId)?.installationId ?? '';
}

/**
 * Decides what becomes of values that were sealed for an app: those that are bound already change nothing.
 * @returns an event for each of the others.
 */
export function bindValues(appId: AppId, values: readonly Binding[], bindings: Bindings): AppEvent[] {
  return values
    .filter((value) => bindings.get(bindingKey(value))?.sealed.mac !== value.sealed.mac)
    .map(({ componentId, path, origin, group, sealed }) => ({
      type: 'ValueBound',
      data: { appId, componentId, path, origin, ...(group !== undefined && { group }), ...sealed },
    }));
}

/** A decision with the values that belong to it, in the same append. */
export function withBindings(decision: Decision<AppEvent>, bound: readonly AppEvent[]): Decision<AppEvent> {
  return decision.accepted ? accept([...decision.events, ...bound], decision.contents) : decision;
}

/** @throws Refusal BAD_USER_INPUT for a value that cannot be kept as it is; it does not show the value. */
export function requireBindable(path: Pointer, value: string): void {
  const problem = problemOf(value);
  if (problem !== undefined) throw new Refusal('BAD_USER_INPUT', `the value of ${path} ${problem}`, { path });
}

function problemOf(value: string): string | undefined {
  if (!value.isWellFormed()) return 'is not valid Unicode text';
  if (value.includes('\u0000')) return 'holds a NUL character';
  const bytes = new TextEncoder().encode(value).length;
  return bytes > MAX_VALUE_BYTES ? `has ${bytes} bytes: a secret or generated value has at most ${MAX_VALUE_BYTES}` : undefined;
}
