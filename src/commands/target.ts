import type { AppEvent } from '../domain/app/events.js';
import type { AppState } from '../domain/app/state.js';
import type { AppId, TemplateId, WebhookId } from '../domain/ids.js';
import type { TemplateEvent } from '../domain/template/events.js';
import type { TemplateState } from '../domain/template/state.js';
import type { WebhookEvent } from '../domain/webhook/events.js';
import type { WebhookState } from '../domain/webhook/state.js';
import { CorruptLogError } from '../store/errors.js';
import type { StreamName } from '../store/event-store.js';
import type { Subject } from './access.js';
import {
  appStream,
  subjectOfApp,
  subjectOfTemplate,
  subjectOfWebhook,
  templateStream,
  webhookStream,
  type Aggregates,
  type Loaded,
} from './aggregates.js';
import type { DomainEvent } from './event-writer.js';

/** The stream that a command decides about: one is the scope within which the ids of commands are told apart. */
export interface Target<State, Event extends DomainEvent> {
  readonly stream: StreamName;
  load(): Promise<Loaded<State>>;
  /** What the stream is about, and whose it is. */
  subject(loaded: Loaded<State>): Subject;
  /** Events of the stream, by revision, both included. */
  events(first: number, last: number): Promise<readonly Event[]>;
  /** What remembers a command that had nothing to change. */
  readonly unchanged: Event;
}

export function appTarget(aggregates: Aggregates, appId: AppId): Target<AppState, AppEvent> {
  return {
    stream: appStream(appId),
    load: () => aggregates.loadApp(appId),
    subject: (loaded) => subjectOfApp(appId, loaded),
    events: (first, last) => aggregates.appEvents(appId, first, last),
    unchanged: { type: 'AppUnchanged', data: { appId } },
  };
}

export function templateTarget(aggregates: Aggregates, templateId: TemplateId): Target<TemplateState, TemplateEvent> {
  return {
    stream: templateStream(templateId),
    load: () => aggregates.loadTemplate(templateId),
    subject: (loaded) => subjectOfTemplate(templateId, loaded),
    events: (first, last) => aggregates.templateEvents(templateId, first, last),
    unchanged: { type: 'TemplateUnchanged', data: { templateId } },
  };
}

export function webhookTarget(aggregates: Aggregates, webhookId: WebhookId): Target<WebhookState, WebhookEvent> {
  return {
    stream: webhookStream(webhookId),
    load: () => aggregates.loadWebhook(webhookId),
    subject: (loaded) => subjectOfWebhook(webhookId, loaded),
    events: (first, last) => aggregates.webhookEvents(webhookId, first, last),
    unchanged: { type: 'WebhookUnchanged', data: { webhookId } },
  };
}

/** The data of the first event of a type among those of a command that always has one. */
export function theEvent<Event extends DomainEvent, Type extends Event['type']>(
  events: readonly Event[],
  type: Type,
): Extract<Event, { type: Type }>['data'] {
  const event = events.find((candidate): candidate is Extract<Event, { type: Type }> => candidate.type === type);
  if (!event) throw new CorruptLogError(`no ${type} among the events of a command that must have one`);
  return event.data;
}
