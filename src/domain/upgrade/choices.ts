import { Refusal, type RefusalDetails } from '../errors.js';
import type { Choice, Choices } from '../merge/merge-trees.js';
import type { Pointer } from '../pointer.js';
import { placeToSettle, type Shown } from './place-to-settle.js';
import type { ConflictPolicy, Resolution } from './plan.js';

/** Resolutions that name nothing in a plan: without them it is the same. */
export class UnusedResolutions extends Refusal {
  constructor(
    { componentKey, path }: Pick<Resolution, 'componentKey' | 'path'>,
    readonly places: readonly Pick<Resolution, 'componentKey' | 'path'>[],
    settle: Pointer | undefined,
  ) {
    const { code, message, details } = refuseUnused(componentKey, path, settle);
    super(code, message, details);
  }
}

/** The resolutions and the policy of a plan, handed out place by place; remembers which were used. */
export class PlanChoices {
  readonly #open = new Map<string, Map<Pointer, Choice>>();

  constructor(
    resolutions: readonly Resolution[],
    private readonly policy: ConflictPolicy,
  ) {
    for (const { componentKey, path, choice, value } of resolutions) {
      const places = this.#open.get(componentKey) ?? new Map<Pointer, Choice>();
      if (places.has(path)) throw refuseResolution(componentKey, path, 'is given twice');
      places.set(path, choice === 'VALUE' ? { choice, value: requireValue(componentKey, path, value) } : { choice });
      this.#open.set(componentKey, places);
    }
  }

  /**
   * The choices for one component.
   * @param name the key that the plan shows where no resolution changes it. Where one does, the key that it gives is as good.
   * @param keys what a resolution of `/key` may choose.
   */
  of(name: string, keys: { readonly local?: string | undefined; readonly template?: string | undefined } = {}): Choices {
    const renamed = chosenKey(this.#open.get(name)?.get('/key'), keys);
    const names = renamed === undefined ? [name] : [name, renamed];
    return { at: (path) => this.#take(names, path), onConflict: () => this.onConflict() };
  }

  /** What the policy says of a conflict. */
  private onConflict(): Choice | undefined {
    if (this.policy === 'ASK') return undefined;
    return { choice: this.policy === 'PREFER_LOCAL' ? 'LOCAL' : 'TEMPLATE' };
  }

  /** @throws UnusedResolutions where resolutions name places that the plan does not show, or not by themselves: then with the place to `settle`. */
  refuseUnused(shown: readonly Shown[]): void {
    const unused = [...this.#open].flatMap(([componentKey, places]) => [...places.keys()].map((path) => ({ componentKey, path })));
    const [first] = unused;
    if (first) throw new UnusedResolutions(first, unused, placeToSettle(shown, first.componentKey, first.path));
  }

  #take(names: readonly string[], path: Pointer): Choice | undefined {
    for (const name of names) {
      const places = this.#open.get(name);
      const choice = places?.get(path);
      if (choice) {
        places?.delete(path);
        return choice;
      }
    }
    return undefined;
  }
}

function chosenKey(
  choice: Choice | undefined,
  keys: { readonly local?: string | undefined; readonly template?: string | undefined },
): string | undefined {
  if (choice?.choice === 'VALUE') return typeof choice.value === 'string' ? choice.value : undefined;
  return choice && (choice.choice === 'LOCAL' ? keys.local : keys.template);
}

function requireValue(componentKey: string, path: Pointer, value: Resolution['value']): NonNullable<Resolution['value']> | null {
  if (value === undefined) throw refuseResolution(componentKey, path, 'has the choice VALUE and no value');
  return value;
}

function refuseUnused(componentKey: string, path: Pointer, settle: Pointer | undefined): Refusal {
  if (settle === undefined) return refuseResolution(componentKey, path, 'names nothing that the plan shows');
  const what = settle === '' ? 'the component as a whole, by the path ""' : `what goes or stays as one, by the path "${settle}"`;
  return refuseResolution(componentKey, path, `cannot be settled by itself: settle ${what}`, { settle });
}

export function refuseResolution(componentKey: string, path: Pointer, what: string, more: RefusalDetails = {}): Refusal {
  return new Refusal('BAD_USER_INPUT', `the resolution of "${path}" of component "${componentKey}" ${what}`, {
    componentKey,
    path,
    ...more,
  });
}
