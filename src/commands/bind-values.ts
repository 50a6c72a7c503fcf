import { bindingKey, bindingOfGroup, bindValues, requireBindable, scopeOf, withBindings, type Binding } from '../domain/app/bindings.js';
import type { AppEvent } from '../domain/app/events.js';
import type { AppState } from '../domain/app/state.js';
import type { ValueToBind } from '../domain/app/values-to-bind.js';
import type { Decision } from '../domain/decision.js';
import type { Safe, Vault } from '../secrets/vault.js';

/** What the values are bound to: an app, with what it has bound already. */
export type BindingApp = Pick<AppState, 'appId' | 'bindings'>;

/**
 * A decision, where it is accepted, with the values that belong to it: sealed, generated where none is given, and left out where they are bound
 * already.
 * @throws Refusal BAD_USER_INPUT for a value that cannot be kept; SECRET_KEY_WRONG.
 */
export async function withValues(
  vault: Vault,
  app: BindingApp,
  decision: Decision<AppEvent>,
  values: readonly ValueToBind[],
): Promise<Decision<AppEvent>> {
  if (!decision.accepted) return decision;
  const wanted = values.filter((each) => each.value !== undefined || !app.bindings.has(bindingKey(each)));
  if (wanted.length === 0) return decision;
  for (const { path, value } of wanted) if (value !== undefined) requireBindable(path, value);
  const safe = await vault.safeOf(app.appId);
  const groups = new Groups(safe, vault, app, wanted);
  const sealed = wanted.map(({ componentId, path, value, group }): Binding => {
    const place = { componentId, path };
    const origin = value === undefined ? 'GENERATED' : 'GIVEN';
    const text = value ?? (group === undefined ? vault.generate() : groups.valueOf(place.componentId, group));
    return { ...place, origin, ...(group !== undefined && { group }), sealed: safe.seal(place, text) };
  });
  return withBindings(decision, bindValues(app.appId, sealed, app.bindings));
}

/** The values of groups: as they are bound, else as one of them is given now, else generated, once each. */
class Groups {
  readonly #values = new Map<string, string>();

  constructor(
    private readonly safe: Safe,
    private readonly vault: Vault,
    private readonly app: BindingApp,
    given: readonly ValueToBind[],
  ) {
    for (const { componentId, group, value } of given) {
      if (group === undefined || value === undefined) continue;
      const key = keyOf(componentId, group);
      if (!this.#values.has(key)) this.#values.set(key, value);
    }
  }

  valueOf(componentId: ValueToBind['componentId'], group: string): string {
    const bound = bindingOfGroup(this.app.bindings, componentId, group);
    if (bound) return this.safe.open(bound, bound.sealed);
    const key = keyOf(componentId, group);
    const value = this.#values.get(key) ?? this.vault.generate();
    this.#values.set(key, value);
    return value;
  }
}

function keyOf(componentId: ValueToBind['componentId'], group: string): string {
  return JSON.stringify([scopeOf(componentId), group]);
}
