import { v7 as uuidv7 } from 'uuid';
import type { Runtime } from './commands/context.js';

/** The clock and the randomness of the machine. */
export const systemRuntime: Runtime = { now: () => new Date().toISOString(), newId: () => uuidv7(), random: () => Math.random() };
