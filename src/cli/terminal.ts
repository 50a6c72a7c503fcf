import { createInterface } from 'node:readline/promises';
import type { Terminal } from './command.js';
import { paintFor } from './paint.js';

/** The terminal of this process, or what it writes to instead. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  // Whoever closed standard error does not want to hear that we cannot write to it.
  stderr.on('error', () => undefined);
  return {
    out: stdout,
    progress: stderr.isTTY ? stderr : undefined,
    paint: paintFor(stdout),
    note: (text) => void stderr.write(`${text}\n`),
    confirm: stdin.isTTY && stderr.isTTY ? ask : undefined,
  };
}

/** Anything but a yes is a no. */
async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
