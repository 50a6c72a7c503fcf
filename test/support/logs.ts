import type { Logger } from '../../src/logger.js';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A logger that keeps what it is told. */
export class KeptLog implements Logger {
  readonly lines: LogLine[] = [];

  info(details: object, message: string): void {
    this.#keep('info', details, message);
  }

  warn(details: object, message: string): void {
    this.#keep('warn', details, message);
  }

  error(details: object, message: string): void {
    this.#keep('error', details, message);
  }

  /** The details of the lines whose message has a text in it. */
  about(text: string): LogLine['details'][] {
    return this.lines.filter(({ message }) => message.includes(text)).map(({ details }) => details);
  }

  #keep(level: LogLine['level'], details: object, message: string): void {
    this.lines.push({ level, message, details: { ...details } });
  }
}
