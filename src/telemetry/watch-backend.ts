import { headOf } from '../health.js';
import type { RunningBackend } from '../backend.js';
import type { ProjectionProgress } from '../projector/projector.js';
import type { Position } from '../store/event-store.js';
import type { Metrics } from './metrics.js';
import { watchWebhooks } from './watch-webhooks.js';

/** Shows in the metrics where the parts of a server stand, asked of them each time that the metrics are. */
export function watchBackend(metrics: Metrics, { store, readModels, fanOut, checkpoints }: RunningBackend): void {
  const headNow = shared(() => headOf(store));

  metrics.watch({
    name: 'regraft_store_reachable',
    help: 'Whether the store said where the log ends, within two seconds.',
    collect: async (gauge) => gauge.set((await headNow()) === undefined ? 0 : 1),
  });
  metrics.watch({
    name: 'regraft_log_position',
    help: 'Position of the last event: on the embedded store, one less than the number of events; bytes on EventStoreDB. Left out while the store is away.',
    collect: async (gauge) => {
      const head = await headNow();
      if (head !== undefined) gauge.set(head);
    },
  });

  metrics.watch({
    name: 'regraft_read_models_serving',
    help: 'Whether queries can be answered.',
    collect: (gauge) => gauge.set(readModels.serving ? 1 : 0),
  });
  metrics.watch({
    name: 'regraft_read_models_rebuilding',
    help: 'Whether read models are being made anew.',
    collect: (gauge) => gauge.set(readModels.rebuildStatus ? 1 : 0),
  });
  const eachProjection = (name: `regraft_${string}`, help: string, value: (projection: ProjectionProgress) => number): void => {
    metrics.watch({
      name,
      help,
      labelNames: ['projection'],
      collect: (gauge) => {
        for (const each of readModels.status.projections) gauge.set({ projection: each.name }, value(each));
      },
    });
  };
  eachProjection(
    'regraft_projection_position',
    'All events up to this position are in the rows of the projection.',
    ({ position }) => position,
  );
  eachProjection('regraft_projection_stopped', 'Whether the projection is stopped at an event that it cannot apply.', ({ stopped }) =>
    stopped ? 1 : 0,
  );
  metrics.watch({
    name: 'regraft_projection_lag',
    help: 'How far the projection is behind the end of the log, in positions. Left out while the store is away.',
    labelNames: ['projection'],
    collect: async (gauge) => {
      const head = await headNow();
      if (head === undefined) return;
      for (const { name, position } of readModels.status.projections) gauge.set({ projection: name }, Math.max(head - position, 0));
    },
  });

  metrics.watch({
    name: 'regraft_fan_out_events',
    help: 'Events that are kept in memory for subscribers.',
    collect: (gauge) => gauge.set(fanOut.kept.events),
  });
  metrics.watch({
    name: 'regraft_fan_out_characters',
    help: 'Characters of JSON that these events have together.',
    collect: (gauge) => gauge.set(fanOut.kept.characters),
  });

  watchWebhooks(metrics, readModels);

  if (!checkpoints) return;
  metrics.watch({
    name: 'regraft_checkpoint_events',
    help: 'Events of the log that the newest checkpoint of this node vouches for.',
    collect: (gauge) => gauge.set(checkpoints.signedEvents),
  });
  metrics.watch({
    name: 'regraft_checkpoint_followed_position',
    help: 'Position up to which the log was read for the next checkpoint.',
    collect: (gauge) => gauge.set(checkpoints.position),
  });
}

/** Those who ask while somebody else does are given the same answer. */
function shared(ask: () => Promise<Position | undefined>): () => Promise<Position | undefined> {
  let asked: Promise<Position | undefined> | undefined;
  return () => (asked ??= ask().finally(() => (asked = undefined)));
}
