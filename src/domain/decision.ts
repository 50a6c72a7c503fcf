import type { Content } from './definition/content.js';
import { Refusal, type RefusalCode, type RefusalDetails } from './errors.js';

/**
 * What a decider answers: the events that make it so, with the contents that they name (stored before them), or why not. No events mean that
 * there is nothing to change.
 */
export type Decision<Event> =
  | { readonly accepted: true; readonly events: readonly Event[]; readonly contents: readonly Content[] }
  | { readonly accepted: false; readonly refusal: Refusal };

export function accept<Event>(events: readonly Event[], contents: readonly Content[] = []): Decision<Event> {
  return { accepted: true, events, contents };
}

export function refuse(code: RefusalCode, message: string, details?: RefusalDetails): { accepted: false; refusal: Refusal } {
  return { accepted: false, refusal: new Refusal(code, message, details) };
}
