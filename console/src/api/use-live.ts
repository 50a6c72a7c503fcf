import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { live, type LiveEvent, type LiveState } from './live.ts';

export const useLiveState = (): LiveState => useSyncExternalStore(live.watch, () => live.state);

/** Events that come together are answered once, after the first of them has waited this long. */
const TOGETHER_MS = 200;

/** Calls back soon after events that concern it, once for all that come together. Also where everything may have changed. */
export function useLive(concerns: (event: LiveEvent) => boolean, onChange: () => void): void {
  const isConcerned = useEffectEvent(concerns);
  const change = useEffectEvent(onChange);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = live.listen((heard) => {
      if (timer !== undefined || (heard && !isConcerned(heard))) return;
      timer = setTimeout(() => {
        timer = undefined;
        change();
      }, TOGETHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}

/** Whether an event is in the stream of any of these apps and templates. */
export function isAbout(...ids: readonly (string | undefined)[]): (event: LiveEvent) => boolean {
  const streams = new Set(ids.filter((id) => id !== undefined).flatMap((id) => [`app-${id}`, `template-${id}`]));
  return ({ stream }) => streams.has(stream);
}
