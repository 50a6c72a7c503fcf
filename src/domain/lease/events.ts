import Type from 'typebox';
import { event, type EventOf } from '../event-schema.js';

const Holder = {
  /** Names a process for as long as it runs. */
  holder: Type.String({ minLength: 1 }),
};

/** The streams `lease-<work>`: who does what one node alone is to do, where several share a log. The last event says it. */
export const leaseEventSchemas = {
  /** By somebody else or for the first time; by the same holder again, to keep it. */
  LeaseTaken: event(Holder),
  LeaseReleased: event(Holder),
};

export const LEASE_STREAM = 'lease-';

export type LeaseEvent = EventOf<typeof leaseEventSchemas>;
