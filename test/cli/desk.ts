import { PassThrough } from 'node:stream';
import { ApiCaller } from '../../src/cli/api/caller.js';
import type { Remote } from '../../src/cli/apps/remote.js';

/** A terminal that keeps what is written, before a server. */
export interface Desk extends Remote {
  readonly stop: AbortController;
  /** What is on standard output so far; taken. */
  out(): string;
  /** What was said beside it; taken. */
  notes(): string;
  /** Questions that were asked. */
  readonly asked: string[];
}

export interface DeskOptions {
  readonly json?: boolean;
  readonly token?: string;
  readonly commandId?: string;
  readonly retryForMs?: number;
  /** What is answered to every question; nobody is there to be asked where it is not given. */
  readonly answer?: boolean;
}

export function desk(url: string, { json = false, token, commandId, retryForMs = 10_000, answer }: DeskOptions = {}): Desk {
  const stop = new AbortController();
  const out = new PassThrough();
  const notes: string[] = [];
  const asked: string[] = [];
  return {
    caller: new ApiCaller({ url, token, commandId, retryForMs, signal: stop.signal }),
    json,
    stop,
    asked,
    out: () => String(out.read() ?? ''),
    notes: () => notes.splice(0).join('\n'),
    terminal: {
      out,
      progress: undefined,
      paint: (_style, text) => text,
      note: (text) => void notes.push(text),
      confirm:
        answer === undefined
          ? undefined
          : (question) => {
              asked.push(question);
              return Promise.resolve(answer);
            },
    },
  };
}
