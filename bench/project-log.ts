import { projections } from '../projections/index.js';
import { silentLogger } from '../src/logger.js';
import { GenerationFiles } from '../src/projector/generation-files.js';
import { ReadModels } from '../src/projector/read-models.js';
import type { EventStore } from '../src/store/event-store.js';

/** Makes all read models from the log, in a file as the server does, and throws them away. */
export async function projectLog(store: EventStore, path: string): Promise<void> {
  const readModels = new ReadModels({ store, path, projections, logger: silentLogger });
  await readModels.ready();
  await readModels.close();
  const files = new GenerationFiles(path);
  for (const generation of files.list()) files.delete(generation);
}
