import { subjectsOf } from '../../projections/history/subjects.js';
import type { RecordedEvent } from '../store/event-store.js';

/** What a subscriber wants of the log: events that pass all that is given. */
export interface EventFilter {
  readonly types?: readonly string[] | undefined;
  readonly appId?: string | undefined;
  readonly templateId?: string | undefined;
  /** What the subscriber may see at all, asked at the moment of delivery; everything by default. */
  readonly visibleTo?: ((event: RecordedEvent) => boolean) | undefined;
}

/** A part of the log that is kept apart, so that whoever wants only that looks at nothing else. */
export type Key = string;
export const EVERYTHING: Key = 'everything';
const NOTHING: Key = 'nothing';

/** The parts that an event belongs to. */
export function keysOf(event: RecordedEvent): readonly Key[] {
  const { appId, templateId } = subjectsOf(event);
  const keys = [EVERYTHING, ofType(event.type)];
  if (appId !== undefined) keys.push(ofApp(appId));
  if (templateId !== undefined) keys.push(ofTemplate(templateId));
  return keys;
}

/** Parts that together have every event that passes the filter, as few others as can be, and none twice. */
export function keysFor({ appId, templateId, types }: EventFilter): readonly Key[] {
  if (appId !== undefined) return [ofApp(appId)];
  if (templateId !== undefined) return [ofTemplate(templateId)];
  if (!types) return [EVERYTHING];
  return types.length === 0 ? [NOTHING] : [...new Set(types)].map(ofType);
}

export function passes(event: RecordedEvent, { types, appId, templateId, visibleTo }: EventFilter): boolean {
  if (types && !types.includes(event.type)) return false;
  const subjects = subjectsOf(event);
  if (appId !== undefined && appId !== subjects.appId) return false;
  if (templateId !== undefined && templateId !== subjects.templateId) return false;
  return visibleTo?.(event) ?? true;
}

const ofType = (type: string): Key => `type ${type}`;
const ofApp = (id: string): Key => `app ${id}`;
const ofTemplate = (id: string): Key => `template ${id}`;
