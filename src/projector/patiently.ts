import type { Logger } from '../logger.js';
import { Pauses } from '../pauses.js';
import { isStorageTrouble } from './errors.js';

/**
 * Writes to the read models; while the disk is full or not there, tries again: nothing is wrong with what is written.
 * @returns undefined where the signal came before it succeeded.
 */
export async function patiently<T>(write: () => T, signal: AbortSignal, logger: Logger): Promise<T | undefined> {
  for (const pauses = new Pauses(); !signal.aborted; await pauses.wait(signal)) {
    try {
      return write();
    } catch (error) {
      if (!isStorageTrouble(error)) throw error;
      logger.warn({ err: error, pause: pauses.next }, 'the read models cannot be written just now: trying again');
    }
  }
  return undefined;
}
