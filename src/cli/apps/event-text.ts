import type { FollowedEvent } from '../api/follow.js';
import { plain, type Paint } from '../paint.js';

/** An event on one line: when, who, what, of what. */
export function eventLine({ recordedAt, actor, type, stream, revision, data }: FollowedEvent, paint: Paint): string {
  const about = subjectOf(data);
  const where = `${stream}@${revision}`;
  return `${paint('dim', recordedAt)}  ${plain(actor.id)}  ${paint('bold', plain(type))}${about && `  ${about}`}  ${paint('dim', plain(where))}`;
}

const TELLING = ['name', 'key', 'componentKey', 'version', 'fromVersion', 'toVersion', 'reason'];

/** What of an event's data says most in few words. */
function subjectOf(data: FollowedEvent['data']): string {
  const told = TELLING.flatMap((field) => (typeof data[field] === 'string' ? [`${field}=${JSON.stringify(data[field])}`] : []));
  return plain(told.join(' '));
}
