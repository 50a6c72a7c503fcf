import { bindingKey, type Binding } from '../domain/app/bindings.js';
import { revealSecret } from '../domain/app/decide-reveal.js';
import type { AppState } from '../domain/app/state.js';
import type { AppId, ComponentId } from '../domain/ids.js';
import type { Pointer } from '../domain/pointer.js';
import { CorruptLogError } from '../store/errors.js';
import type { Position } from '../store/event-store.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices } from './execute.js';
import { appTarget, theEvent } from './target.js';

export interface RevealSecret {
  readonly appId: AppId;
  readonly componentId: ComponentId;
  /** Where the value may be bound: the first of them that has one. */
  readonly paths: readonly Pointer[];
  readonly reason: string;
}

export interface Revealed {
  readonly path: Pointer;
  readonly value: string;
  readonly position: Position;
}

/**
 * Tells a bound value, once that is on the record. A repeated command is told what the first was, and leaves no second record.
 * @throws Refusal NOT_FOUND where nothing is bound there; SECRET_KEY_WRONG, and then nothing is recorded.
 */
export async function handleRevealSecret(services: CommandServices, context: CommandContext, command: RevealSecret): Promise<Revealed> {
  const { aggregates, vault } = services;
  const { appId, componentId } = command;
  const open = async (binding: Binding): Promise<string> => (await vault.safeOf(appId)).open(binding, binding.sealed);
  let value: string | undefined;
  const { result, position, repeats } = await execute(services, context, appTarget(aggregates, appId), {
    decide: async (loaded) => {
      const { state } = await aggregates.viewOf(appId, loaded);
      const { decision, binding } = revealSecret(command, state);
      // Before it is recorded: nobody was told what cannot be opened.
      if (binding) value = await open(binding);
      return decision;
    },
    answer: (events) => theEvent(events, 'SecretRevealed').path,
  });
  if (repeats) {
    const then = await aggregates.appStateAt(appId, repeats.decidedOn);
    value = await open(requireBinding(then, componentId, result));
  }
  if (value === undefined) throw new Error('a value was revealed without being opened');
  return { path: result, value, position };
}

function requireBinding({ appId, bindings }: AppState, componentId: ComponentId, path: Pointer): Binding {
  const binding = bindings.get(bindingKey({ componentId, path }));
  if (!binding) throw new CorruptLogError(`app ${appId} revealed what was not bound: ${path} of ${componentId}`);
  return binding;
}
