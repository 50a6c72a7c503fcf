import type { RecordedEvent } from '../../src/store/event-store.js';

/** The app and the template that an event is about: those that its data names. A release is about its source app, too. */
export function subjectsOf({ data }: RecordedEvent): { appId: string | undefined; templateId: string | undefined } {
  return { appId: text(data['appId']) ?? text(data['sourceAppId']), templateId: text(data['templateId']) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
