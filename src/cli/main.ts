import { open } from 'node:fs/promises';
import { Command } from 'commander';
import { pino } from 'pino';
import { NoCheckpointError } from '../audit/checkpoints/checkpoint.js';
import { ImportRefusedError } from '../audit/import.js';
import { ConfigError, readEnvironment, type Config } from '../config.js';
import { Refusal } from '../domain/errors.js';
import { openStore } from '../open-store.js';
import { KeyFileError } from '../secrets/private-file.js';
import { AppendTooLargeError, CorruptLogError, StoreUnavailableError } from '../store/errors.js';
import type { EventStore } from '../store/event-store.js';
import { FAILED, isClosedPipe, OK, USAGE, type ExitCode, type Terminal } from './command.js';
import { exportCommand, outFile, type ExportOptions } from './export.js';
import { importCommand } from './import.js';
import { rotateKeyCommand } from './rotate-key.js';
import { addTokenCommands } from './token-program.js';
import { publicKeys, verifyCommand, type VerifyOptions } from './verify.js';
import { verifyProofCommand, type VerifyProofOptions } from './verify-proof.js';

const terminal: Terminal = { out: process.stdout, progress: process.stderr.isTTY ? process.stderr : undefined };

/** Opens the configured log and runs a command over it. */
async function withStore(
  readOnly: boolean,
  run: (store: EventStore, config: Config) => Promise<ExitCode>,
  options: { create?: boolean } = {},
): Promise<ExitCode> {
  const config = readEnvironment();
  const store = await openStore(config, pino({ level: config.logLevel }, pino.destination(2)), { readOnly, ...options });
  try {
    return await run(store, config);
  } finally {
    await store.close();
  }
}

/** Opens a file to read it, before anything else is opened or made for it. */
async function withInput(path: string, run: (input: AsyncIterable<string>) => Promise<ExitCode>): Promise<ExitCode> {
  const file = await open(path);
  try {
    if ((await file.stat()).isDirectory()) throw new ImportRefusedError(`${path} is a folder`);
    return await run(file.createReadStream({ encoding: 'utf8' }) as AsyncIterable<string>);
  } finally {
    await file.close();
  }
}

/** Runs a command and sets the exit code. */
async function exitWith(run: () => Promise<ExitCode>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (isClosedPipe(error)) return;
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = FAILED;
  }
}

const EXPECTED = [
  AppendTooLargeError,
  ConfigError,
  CorruptLogError,
  ImportRefusedError,
  KeyFileError,
  NoCheckpointError,
  Refusal,
  StoreUnavailableError,
];

/** What went wrong with the surroundings is told in a line; a fault of ours with all that is known of it. */
function explain(error: unknown): string {
  const expected = EXPECTED.some((kind) => error instanceof kind);
  if (error instanceof Error) return expected || 'syscall' in error ? error.message : (error.stack ?? error.message);
  return String(error);
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
  npm run regraft -- rotate-key                     another secret key; with the server stopped
  npm run -s regraft -- token create --name admin --role ADMIN --all-teams

Exit codes: ${OK} all is well; ${FAILED} the log is broken, or what was asked for failed or was refused; ${USAGE} wrong usage.`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? OK : USAGE));

program
  .command('verify')
  .description(
    'Walks the whole log and checks every event: order, revisions, hashes, contents. Names the first that is broken. Then compares the log with the signed checkpoints of the data folder.',
  )
  .option(
    '--checkpoint <file>',
    'signed checkpoints that were kept elsewhere; may be given several times',
    (file, all: string[]) => [...all, file],
    [],
  )
  .option(
    '--key <key>',
    'the verifier key that signed them, or several; by default that of the environment or the data folder',
    publicKeys,
    [],
  )
  .option('--json', 'the result as one line of JSON', false)
  .action((options: VerifyOptions) =>
    exitWith(() => withStore(true, (store, config) => verifyCommand(store, terminal, { ...config, ...options }))),
  );

program
  .command('export')
  .description('Writes the log as NDJSON of CloudEvents 1.0, one event a line.')
  .option('--from <position>', 'only the events after this position (as the API gives it); from the beginning by default')
  .option('--out <file>', 'a file, which appears when it is whole; standard output by default', outFile)
  .action((options: ExportOptions) => exitWith(() => withStore(true, (store) => exportCommand(store, terminal, options))));

program
  .command('import')
  .description('Loads an export from the beginning into an empty store; goes on where it was interrupted. The server must not be running.')
  .argument('<file>', 'what export wrote')
  .option('--json', 'the result as one line of JSON', false)
  .action((file: string, options: { json: boolean }) =>
    exitWith(() => withInput(file, (input) => withStore(false, (store) => importCommand(store, terminal, { input, ...options })))),
  );

program
  .command('rotate-key')
  .description(
    'Wraps every data key of the log by a new secret key; secrets stay as they are. Makes the new key in secret.key of the data folder; or from REGRAFT_SECRET_KEY_PREVIOUS to REGRAFT_SECRET_KEY, where these are set. Goes on where it was interrupted. On the embedded log the server must not be running.',
  )
  .option('--json', 'the result as one line of JSON', false)
  .action((options: { json: boolean }) =>
    exitWith(() => withStore(false, (store, config) => rotateKeyCommand(store, terminal, { ...config, ...options }), { create: false })),
  );

program
  .command('verify-proof')
  .description(
    'Checks a proof of an upgrade (the document of the query upgradeProof), without the server or its data: that its events are in the log that was signed, unchanged, and tell of one upgrade. Says what is proven, or names the first thing that is wrong.',
  )
  .argument('<file>', 'the document, as JSON')
  .option('--key <key>', "the server's verifier key as you keep it, or several; without it, that of the file", publicKeys, [])
  .option('--json', 'the result as one line of JSON', false)
  .action((file: string, options: VerifyProofOptions) => exitWith(() => verifyProofCommand(file, terminal, options)));

addTokenCommands(program.command('token'), terminal, { withStore, exitWith });

await program.parseAsync();
