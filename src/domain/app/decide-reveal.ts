import { accept, refuse, type Decision } from '../decision.js';
import type { ComponentId } from '../ids.js';
import type { Pointer } from '../pointer.js';
import { bindingKey, type Binding } from './bindings.js';
import type { AppEvent } from './events.js';
import type { AppState } from './state.js';

export interface RevealCommand {
  readonly componentId: ComponentId;
  /** Where the value may be bound: the first of them that has one. */
  readonly paths: readonly Pointer[];
  readonly reason: string;
}

/** Whether a value may be told, and which. Also one of a component or a variable that was removed: it may come back, and its data want it. */
export function revealSecret(
  { componentId, paths, reason }: RevealCommand,
  { appId, bindings }: AppState,
): { readonly decision: Decision<AppEvent>; readonly binding?: Binding } {
  const binding = paths.map((path) => bindings.get(bindingKey({ componentId, path }))).find((found) => found !== undefined);
  if (!binding) {
    const message = `no value is bound at ${paths.join(' or ')} of component ${componentId}: a plain value is in the definition, and one that is missing is in missingValues`;
    return { decision: refuse('NOT_FOUND', message, { componentId, paths: [...paths] }) };
  }
  return { decision: accept([{ type: 'SecretRevealed', data: { appId, componentId, path: binding.path, reason } }]), binding };
}
