import { Command } from 'commander';
import { pino } from 'pino';
import { ImportRefusedError } from '../audit/import.js';
import { ConfigError, readEnvironment } from '../config.js';
import { Refusal } from '../domain/errors.js';
import { openStore } from '../open-store.js';
import { AppendTooLargeError, CorruptLogError, StoreUnavailableError } from '../store/errors.js';
import type { EventStore } from '../store/event-store.js';
import { FAILED, OK, USAGE, type ExitCode, type Terminal } from './command.js';
import { exportCommand, type ExportOptions } from './export.js';
import { importCommand } from './import.js';
import { verifyCommand } from './verify.js';

const terminal: Terminal = { out: process.stdout, progress: process.stderr.isTTY ? process.stderr : undefined };

/** Opens the configured log, runs a command over it, and sets the exit code. */
async function withStore(readOnly: boolean, run: (store: EventStore) => Promise<ExitCode>): Promise<void> {
  try {
    const config = readEnvironment();
    const store = await openStore(config, pino({ level: config.logLevel }, pino.destination(2)), { readOnly });
    try {
      process.exitCode = await run(store);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (isClosedPipe(error)) return;
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = FAILED;
  }
}

const EXPECTED = [AppendTooLargeError, ConfigError, CorruptLogError, ImportRefusedError, Refusal, StoreUnavailableError];

/** What went wrong with the surroundings is told in a line; a fault of ours with all that is known of it. */
function explain(error: unknown): string {
  const expected = EXPECTED.some((kind) => error instanceof kind);
  if (error instanceof Error) return expected || 'syscall' in error ? error.message : (error.stack ?? error.message);
  return String(error);
}

/** Whoever reads our output (`head`) has enough. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

const program = new Command('regraft')
  .description('Looks after the event log that REGRAFT_DATA_DIR names.')
  .addHelpText(
    'after',
    `
Examples:
  npm run regraft -- verify                         check every event, also while the server runs
  npm run -s regraft -- export --out backup.ndjson  a backup, also while the server runs
  REGRAFT_DATA_DIR=new npm run regraft -- import backup.ndjson

Exit codes: ${OK} all is well; ${FAILED} the log is broken, or what was asked for failed or was refused; ${USAGE} wrong usage.`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? OK : USAGE));

program
  .command('verify')
  .description('Walks the whole log and checks every event: order, revisions, hashes, contents. Names the first that is broken.')
  .option('--json', 'the result as one line of JSON', false)
  .action((options: { json: boolean }) => withStore(true, (store) => verifyCommand(store, terminal, options)));

program
  .command('export')
  .description('Writes the log as NDJSON of CloudEvents 1.0, one event a line.')
  .option('--from <position>', 'only the events after this position (as the API gives it); from the beginning by default')
  .option('--out <file>', 'a file, which appears when it is whole; standard output by default')
  .action((options: ExportOptions) => withStore(true, (store) => exportCommand(store, terminal, options)));

program
  .command('import')
  .description('Loads an export from the beginning into an empty store; goes on where it was interrupted. The server must not be running.')
  .argument('<file>', 'what export wrote')
  .option('--json', 'the result as one line of JSON', false)
  .action((file: string, options: { json: boolean }) => withStore(false, (store) => importCommand(store, terminal, { file, ...options })));

await program.parseAsync();
