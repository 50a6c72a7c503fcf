import { setTimeout as delay } from 'node:timers/promises';
import { unknownEvents, type UnknownEvents } from '../projections/history/queries.js';
import type { ProjectionProgress } from './projector/projector.js';
import type { GenerationStatus, ReadModels } from './projector/read-models.js';
import type { EventStore, Position } from './store/event-store.js';
import { encodePosition } from './store/position.js';

export type ProjectionState = 'LIVE' | 'CATCHING_UP' | 'STOPPED' | 'REBUILDING';

export interface ProjectionHealth {
  readonly name: string;
  readonly state: ProjectionState;
  /** All events up to here are in its rows. */
  readonly position: string;
  /** How far that is behind the head, in the log's own positions: events of the embedded store, bytes of EventStoreDB. Null while the head is unknown. */
  readonly lag: number | null;
  /** The event that it cannot apply. */
  readonly stopped?: { readonly position: string; readonly eventType: string };
}

export interface GenerationHealth {
  readonly generation: number;
  readonly projections: readonly ProjectionHealth[];
}

export interface HealthReport {
  /** `unavailable`: queries cannot be answered yet. `degraded`: they can, but the store is away or a projection is stopped. */
  readonly status: 'ready' | 'degraded' | 'unavailable';
  readonly store: { readonly reachable: boolean; readonly head: string | null };
  readonly readModels: GenerationHealth;
  /** Events that this program cannot read, since a newer one wrote them: kept, shown in the history, and not in any other rows. */
  readonly unknownEvents: readonly UnknownEvents[];
  /** The read models that are being made anew beside them. */
  readonly rebuild: GenerationHealth | null;
}

const HEAD_WITHIN_MS = 2_000;

/** What an operator, or a probe, is told of this node: no error texts, no data. */
export async function reportHealth(store: EventStore, readModels: ReadModels): Promise<HealthReport> {
  const head = await headOf(store);
  const { serving, status, rebuildStatus } = readModels;
  const describe = ({ generation, reachedEnd, projections }: GenerationStatus, live: boolean): GenerationHealth => ({
    generation,
    projections: projections.map((progress) => {
      const { name, position, stopped } = progress;
      return {
        name,
        state: stateOf(progress, live, reachedEnd),
        position: encodePosition(store.logId, position),
        lag: head === undefined ? null : Math.max(head - position, 0),
        ...(stopped && { stopped: { position: encodePosition(store.logId, stopped.position), eventType: stopped.type } }),
      };
    }),
  });
  const whole = head !== undefined && status.projections.every(({ stopped }) => !stopped);
  return {
    status: !serving ? 'unavailable' : whole ? 'ready' : 'degraded',
    store: { reachable: head !== undefined, head: head === undefined ? null : encodePosition(store.logId, head) },
    readModels: describe(status, serving),
    unknownEvents: serving ? readModels.read(unknownEvents) : [],
    rebuild: rebuildStatus ? describe(rebuildStatus, false) : null,
  };
}

function stateOf({ stopped }: ProjectionProgress, live: boolean, reachedEnd: boolean): ProjectionState {
  if (stopped) return 'STOPPED';
  if (!live) return 'REBUILDING';
  return reachedEnd ? 'LIVE' : 'CATCHING_UP';
}

/** @returns undefined where the store does not answer, or not soon. */
export async function headOf(store: EventStore): Promise<Position | undefined> {
  const answered = new AbortController();
  try {
    return await Promise.race([store.head(), delay(HEAD_WITHIN_MS, undefined, { signal: answered.signal, ref: false })]);
  } catch {
    // Whatever it is, the answer is that it is not there; those who need it report why.
    return undefined;
  } finally {
    answered.abort();
  }
}
