import type { Logger } from '../logger.js';
import type { GenerationFiles } from './generation-files.js';
import type { Projection } from './projection.js';
import { SqliteReadModel } from './read-model.js';

export interface OpenOptions {
  readonly files: GenerationFiles;
  readonly projections: readonly Projection[];
  readonly logId: string;
  readonly logger: Logger;
}

export interface Opened {
  readonly number: number;
  readonly readModel: SqliteReadModel;
}

/**
 * Opens the read models to go on with: the newest generation that was in use, otherwise the newest that was not finished, otherwise a new one.
 * All others are deleted: what a crash left in the middle of a rebuild, what is damaged, what other projections or another log made.
 * @throws ReadModelFolderError.
 */
export function openNewest(options: OpenOptions): Opened {
  const { files } = options;
  const numbers = files.list();
  let chosen: Opened | undefined;
  for (const number of numbers) {
    const opened = chosen?.readModel.active ? undefined : openUsable(options, number);
    if (opened && (!chosen || opened.readModel.active)) {
      if (chosen) drop(files, chosen);
      chosen = opened;
    } else {
      opened?.readModel.close();
      files.delete(number);
    }
  }
  return chosen ?? create(options, (numbers[0] ?? 0) + 1);
}

/**
 * Makes an empty generation, and deletes all others: not before it is certain that no other process has them.
 * @throws ReadModelFolderError where one has.
 */
export function openAnew(options: OpenOptions): Opened {
  const before = openNewest(options);
  // Ours before the other is let go: who comes in between finds this one, and that it is taken.
  const made = create(options, before.number + 1);
  drop(options.files, before);
  return made;
}

/** Makes an empty generation. @throws ReadModelFolderError. */
export function create({ files, projections, logId }: OpenOptions, number: number): Opened {
  files.delete(number);
  const readModel = SqliteReadModel.open({ path: files.pathOf(number), projections, logId });
  if (typeof readModel === 'string') throw new Error(`a new file of read models is ${readModel}`);
  return { number, readModel };
}

function openUsable({ files, projections, logId, logger }: OpenOptions, number: number): Opened | undefined {
  const path = files.pathOf(number);
  const readModel = SqliteReadModel.open({ path, projections, logId });
  if (readModel === 'damaged') logger.warn({ path }, 'the read models are damaged: making them anew from the log');
  else if (readModel === 'outdated') logger.info({ path }, 'the read models are of another version or log: making them anew from the log');
  else return { number, readModel };
  return undefined;
}

function drop(files: GenerationFiles, { number, readModel }: Opened): void {
  readModel.close();
  files.delete(number);
}
