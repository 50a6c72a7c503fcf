import { subjectsOf } from '../../projections/history/subjects.js';
import type { RecordedEvent } from '../store/event-store.js';

/** What a subscriber wants of the log: events that pass all that is given. */
export interface EventFilter {
  readonly types?: readonly string[] | undefined;
  readonly appId?: string | undefined;
  readonly templateId?: string | undefined;
  /** What the subscriber may see at all, asked at the moment of delivery; everything by default. */
  readonly visibleTo?: ((event: RecordedEvent) => Promise<boolean>) | undefined;
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

/** Whether an event is wanted; whether it may be seen is another question. */
export function isWanted(event: RecordedEvent, { types, appId, templateId }: EventFilter): boolean {
  if (types && !types.includes(event.type)) return false;
  const subjects = subjectsOf(event);
  if (appId !== undefined && appId !== subjects.appId) return false;
  return templateId === undefined || templateId === subjects.templateId;
}

const ofType = (type: string): Key => `type ${type}`;
const ofApp = (id: string): Key => `app ${id}`;
const ofTemplate = (id: string): Key => `template ${id}`;
