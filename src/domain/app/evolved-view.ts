import type { AppEvent } from './events.js';
import { evolveApp } from './evolve.js';
import { viewApp, type AppView } from './state.js';

/** The same app after further events, none of which brings it to versions that it did not know, or deletes it. */
export function evolvedView({ state, manifests }: AppView, events: readonly AppEvent[]): AppView {
  // What is bound does not show in a view.
  const evolved = evolveApp({ ...state, bindings: new Map() }, events);
  if (!evolved) throw new Error(`app ${state.appId} is deleted`);
  return viewApp(evolved, manifests);
}
