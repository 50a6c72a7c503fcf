import type { Command } from 'commander';
import type { Terminal } from '../command.js';
import { exitWith } from '../ending.js';
import { outFile } from '../whole-file.js';
import type { ExportOptions } from './export.js';
import { publicKeys } from './public-keys.js';
import { addTokenCommands } from './token-program.js';
import type { VerifyOptions } from './verify.js';
import type { VerifyProofOptions } from './verify-proof.js';

const JSON_OPTION = ['--json', 'the result as one line of JSON', false] as const;

/** What works on the log and the data folder itself, which REGRAFT_DATA_DIR and EVENTSTORE_URL name. */
export function addLogCommands(program: Command, terminal: Terminal): void {
  program.commandsGroup('On the data folder (REGRAFT_DATA_DIR):');
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
    .option(...JSON_OPTION)
    .action((options: VerifyOptions) =>
      exitWith(async () => {
        const [{ withStore }, { verifyCommand }] = await Promise.all([import('./with-store.js'), import('./verify.js')]);
        return withStore(true, (store, config) => verifyCommand(store, terminal, { ...config, ...options }));
      }, options),
    );
  program
    .command('export')
    .description('Writes the log as NDJSON of CloudEvents 1.0, one event a line: a backup, also while the server runs.')
    .option('--from <position>', 'only the events after this position (as the API gives it); from the beginning by default')
    .option('--out <file>', 'a file, which appears when it is whole; standard output by default', outFile)
    .action((options: ExportOptions) =>
      exitWith(async () => {
        const [{ withStore }, { exportCommand }] = await Promise.all([import('./with-store.js'), import('./export.js')]);
        return withStore(true, (store) => exportCommand(store, terminal, options));
      }),
    );
  program
    .command('restore')
    .description(
      'Loads an export from the beginning into an empty store; goes on where it was interrupted. The server must not be running.',
    )
    .argument('<file>', 'what export wrote')
    .option(...JSON_OPTION)
    .action((file: string, options: { json: boolean }) =>
      exitWith(async () => {
        const [{ withInput, withStore }, { restoreCommand }] = await Promise.all([import('./with-store.js'), import('./restore.js')]);
        return withInput(file, (input) => withStore(false, (store) => restoreCommand(store, terminal, { input, ...options })));
      }, options),
    );
  program
    .command('rebuild')
    .description(
      'Makes the read models anew from the log. The server must not be running; while it is, the mutation rebuildReadModels does.',
    )
    .option(...JSON_OPTION)
    .action((options: { json: boolean }) =>
      exitWith(async () => (await import('./rebuild.js')).rebuildCommand(terminal, options), options),
    );
  program
    .command('rotate-key')
    .description(
      'Wraps every data key of the log by a new secret key; secrets stay as they are. Makes the new key in secret.key of the data folder; or from REGRAFT_SECRET_KEY_PREVIOUS to REGRAFT_SECRET_KEY, where these are set. Goes on where it was interrupted. On the embedded log the server must not be running.',
    )
    .option(...JSON_OPTION)
    .action((options: { json: boolean }) =>
      exitWith(async () => {
        const [{ withStore }, { rotateKeyCommand }] = await Promise.all([import('./with-store.js'), import('./rotate-key.js')]);
        return withStore(false, (store, config) => rotateKeyCommand(store, terminal, { ...config, ...options }), { create: false });
      }, options),
    );
  program
    .command('verify-proof')
    .description(
      'Checks a proof of an upgrade (the document of the query upgradeProof), without the server or its data: that its events are in the log that was signed, unchanged, and tell of one upgrade. Says what is proven, or names the first thing that is wrong.',
    )
    .argument('<file>', 'the document, as JSON')
    .option('--key <key>', "the server's verifier key as you keep it, or several; without it, that of the file", publicKeys, [])
    .option(...JSON_OPTION)
    .action((file: string, options: VerifyProofOptions) =>
      exitWith(async () => (await import('./verify-proof.js')).verifyProofCommand(file, terminal, options), options),
    );
  addTokenCommands(program.command('token'), terminal);
}
