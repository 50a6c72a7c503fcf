import type { Definition } from '../definition/definition.js';
import { openValuesOf } from '../definition/open-values.js';
import type { ComponentId } from '../ids.js';
import type { Pointer } from '../pointer.js';
import type { BindingPlace } from './bindings.js';

/** A value that is to be bound to a place of a component. */
export interface ValueToBind extends BindingPlace {
  /** Undefined where one is to be generated, unless the place has a value already. */
  readonly value: string | undefined;
  /** Of a generated variable. */
  readonly group?: string;
}

const NOTHING: ReadonlyMap<Pointer, string> = new Map();

/**
 * What is to be bound for a component with this definition.
 * @param given values for what is secret or generated in it, by path.
 */
export function valuesToBind(componentId: ComponentId, definition: Definition, given = NOTHING): ValueToBind[] {
  return openValuesOf(definition).flatMap(({ path, generated, group }): ValueToBind[] => {
    const value = given.get(path);
    if (value === undefined && !generated) return [];
    return [{ componentId, path, value, ...(group !== undefined && { group }) }];
  });
}
