import type { Logger } from 'pino';
import { createLogger } from '../../src/logger.js';

type Line = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** The log as the server writes it, kept in memory. */
export class LogLines {
  readonly #texts: string[] = [];
  readonly logger: Logger;

  constructor(level = 'trace') {
    this.logger = createLogger(level, { write: (text) => void this.#texts.push(text) });
  }

  get text(): string {
    return this.#texts.join('');
  }

  /** Lines with a message. */
  about(message: string): readonly Line[] {
    return this.#texts.map((text) => JSON.parse(text) as Line).filter(({ msg }) => msg === message);
  }
}
