import { readFileSync } from 'node:fs';
import { isSignedBy, NoCheckpointError, originOf, parseCheckpoints, type SignedCheckpoint } from '../../audit/checkpoints/checkpoint.js';
import { CHECKPOINT_FILE, readCheckpoints } from '../../audit/checkpoints/checkpoint-file.js';
import { signingKeyFileIfAny, type PublicKey } from '../../audit/checkpoints/signing-key.js';
import { verifyLog, type Verification } from '../../audit/verify.js';
import type { Config } from '../../config.js';
import type { EventStore } from '../../store/event-store.js';
import { progressDone, progressOf, report, type Terminal } from '../command.js';
import { FAILED, OK, type ExitCode } from '../exit-code.js';

export interface VerifyOptions {
  readonly json: boolean;
  /** Files with signed checkpoints, beside those of the data folder. */
  readonly checkpoint: readonly string[];
  /** One of these must have signed each; by default that of the environment or of the data folder. */
  readonly key: readonly PublicKey[];
}

/**
 * Walks the log and tells whether every event is as it was written, and whether the log is the one that checkpoints were signed of.
 * @throws NoCheckpointError where one of them is none, or is not signed by the key.
 */
export async function verifyCommand(
  store: EventStore,
  terminal: Terminal,
  { json, ...options }: VerifyOptions & Pick<Config, 'dataDir' | 'checkpointKey'>,
): Promise<ExitCode> {
  const verification = await verifyLog(store, progressOf(terminal, 'checked'), checkpointsOf(store, options));
  progressDone(terminal);
  const { broken, brokenCheckpoint } = verification;
  const ok = !broken && !brokenCheckpoint;
  await report(terminal, json, { ok, ...verification }, textOf(verification));
  return ok ? OK : FAILED;
}

function checkpointsOf(
  { logId }: EventStore,
  { dataDir, checkpointKey, checkpoint, key }: Omit<VerifyOptions, 'json'> & Pick<Config, 'dataDir' | 'checkpointKey'>,
): readonly SignedCheckpoint[] {
  const own = readCheckpoints(dataDir).filter(({ origin }) => origin === originOf(logId));
  const checkpoints = [
    ...own.map((each) => ({ ...each, file: CHECKPOINT_FILE })),
    ...checkpoint.flatMap((file) => readFile(file).map((each) => ({ ...each, file }))),
  ];
  if (checkpoints.length === 0) return [];
  const ownKey = (checkpointKey ?? signingKeyFileIfAny(dataDir))?.publicKey;
  const keys = key.length > 0 ? key : ownKey ? [ownKey] : [];
  if (keys.length === 0) throw new NoCheckpointError('there is no key to check checkpoints by: give it by --key');
  const foreign = checkpoints.find((each) => !keys.some((signer) => isSignedBy(each, signer)));
  if (!foreign) return checkpoints;
  const { file, size, origin } = foreign;
  throw new NoCheckpointError(
    `${file}: the checkpoint of ${size} events is not signed by ${keys.map((signer) => signer.text(origin)).join(' or ')}, or was changed`,
  );
}

function readFile(file: string): readonly SignedCheckpoint[] {
  try {
    return parseCheckpoints(readFileSync(file, 'utf8'));
  } catch (error) {
    throw error instanceof NoCheckpointError ? new NoCheckpointError(`${file}: ${error.message}`) : error;
  }
}

function textOf({ logId, events, streams, proven, broken, brokenCheckpoint }: Verification): string {
  const checked = `${events} events in ${streams} streams`;
  if (broken) {
    const { stream, revision, position, eventId, problem } = broken;
    const where = `  stream ${stream}\n  revision ${revision}\n  position ${position}\n  event ${eventId}\n  ${problem}`;
    return `Log ${logId} is broken, after ${checked} that are right:\n${where}`;
  }
  if (brokenCheckpoint) {
    const { size, root, problem } = brokenCheckpoint;
    return `Log ${logId} is not the one that was signed, though its ${checked} follow one another:\n  checkpoint of ${size} events\n  root ${root}\n  ${problem}`;
  }
  const signed = proven === 0 ? 'There is no checkpoint of it.' : `The first ${proven} are those of a signed checkpoint.`;
  return `Log ${logId} is whole: ${checked} checked. ${signed}`;
}
