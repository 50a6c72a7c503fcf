import { Moment } from '../../queries/past/moment.js';
import type { Position } from '../../store/event-store.js';
import type { RequestContext } from '../context.js';
import { PastContext } from './past-context.js';
import type { Place } from './past-places.js';

/** What is to be read from as of a position that the read models have come to. One operation has one for each position. */
export function pastOf(context: RequestContext, position: Position): RequestContext {
  const { past, backend, readModel: present } = context;
  return past.at(position, () => {
    const { store, services } = backend;
    const moment = new Moment({ store, runtime: services.runtime, position, present, allowance: past.allowance });
    context.whenEnded(() => moment.close());
    return new PastContext(context, moment);
  });
}

/** Likewise, and from a place of the answer on, everything beneath it is of that moment. */
export function goBack(context: RequestContext, place: Place, position: Position): RequestContext {
  const then = pastOf(context, position);
  context.past.begin(place, then);
  return then;
}
