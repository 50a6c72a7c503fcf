import type { Config } from '../../config.js';
import { EventWriter } from '../../commands/event-writer.js';
import { eventSchemas } from '../../domain/event-catalogue.js';
import { DataKeys } from '../../secrets/data-keys.js';
import { readKeyFile, replaceKeyFile } from '../../secrets/key-file.js';
import { newMasterKey, type MasterKeys } from '../../secrets/master-keys.js';
import { KeyFileError } from '../../secrets/private-file.js';
import { rotateKeys } from '../../secrets/rotate.js';
import { EventCodec } from '../../store/codec.js';
import { decodingStore } from '../../store/decoding-store.js';
import type { EventStore } from '../../store/event-store.js';
import { systemRuntime } from '../../system-runtime.js';
import { progressDone, progressOf, report, type Terminal } from '../command.js';
import { OK, type ExitCode } from '../exit-code.js';

type Options = Pick<Config, 'dataDir' | 'masterKeys'> & { readonly json: boolean };

/**
 * Brings every data key of the log from one master key to another: those of the environment, or in the key file to a new one, which stands in it
 * beside the old one until all is done. So an interrupted rotation leaves a log that opens, and is gone on with.
 * @throws KeyFileError; Refusal SECRET_KEY_WRONG.
 */
export async function rotateKeyCommand(store: EventStore, terminal: Terminal, { dataDir, masterKeys, json }: Options): Promise<ExitCode> {
  const codec = new EventCodec(eventSchemas);
  const decoded = decodingStore(store, codec);
  const writer = new EventWriter(store, codec, systemRuntime);
  const dataKeys = (keys: MasterKeys): DataKeys => new DataKeys(decoded, writer, systemRuntime, keys);
  const before = masterKeys ? requireBoth(masterKeys) : readKeyFile(dataDir);
  await dataKeys(before).check();
  const keys = masterKeys ? before : beginInFile(dataDir, before);
  const result = await rotateKeys(decoded, dataKeys(keys), progressOf(terminal, 'looked at'));
  if (!masterKeys) replaceKeyFile(dataDir, { current: keys.current });
  progressDone(terminal);
  const text = `${result.keys} data keys are wrapped by secret key ${keys.current.id}, ${result.rewrapped} of them since now.`;
  await report(terminal, json, { ...result, secretKey: keys.current.id }, text);
  return OK;
}

function requireBoth(keys: MasterKeys): MasterKeys {
  if (keys.previous) return keys;
  throw new KeyFileError('set REGRAFT_SECRET_KEY to the new key and REGRAFT_SECRET_KEY_PREVIOUS to the one before it');
}

/** A file that has two keys is one of a rotation that was interrupted. */
function beginInFile(dataDir: string, before: MasterKeys): MasterKeys {
  if (before.previous) return before;
  const keys = { current: newMasterKey(), previous: before.current };
  replaceKeyFile(dataDir, keys);
  return keys;
}
