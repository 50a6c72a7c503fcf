import { readFileSync } from 'node:fs';
import type { PublicKey } from '../../audit/checkpoints/signing-key.js';
import { ProofError } from '../../audit/proof/upgrade-proof.js';
import type { UpgradeStory } from '../../audit/proof/upgrade-story.js';
import { verifyUpgradeProof, type ProvenUpgrade } from '../../audit/proof/verify-proof.js';
import { report, type Terminal } from '../command.js';
import { FAILED, OK, type ExitCode } from '../exit-code.js';

export interface VerifyProofOptions {
  readonly json: boolean;
  readonly key: readonly PublicKey[];
}

/** Says what a proof proves, or the first thing that is wrong with it. @throws the system's error where the file cannot be read. */
export async function verifyProofCommand(file: string, terminal: Terminal, { json, key }: VerifyProofOptions): Promise<ExitCode> {
  const text = readFileSync(file, 'utf8');
  try {
    const proven = verifyUpgradeProof(text, key);
    await report(terminal, json, { ok: true, ...proven }, textOf(proven));
    return OK;
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    await report(terminal, json, { ok: false, problem: error.message }, `Nothing is proven by ${file}:\n  ${error.message}`);
    return FAILED;
  }
}

const ENDS: Readonly<Record<UpgradeStory['outcome'], string>> = {
  COMPLETED: 'It was completed',
  ROLLED_BACK: 'It was completed',
  PARTLY_COMPLETED: 'Some of its components were moved, and it ended so',
  FAILED: 'It failed: nothing was moved',
  NOT_OVER: 'It was not over when the proof was made',
};

function textOf({ log, size, publicKey, keyIsKnown, events, upgrade }: ProvenUpgrade): string {
  const { kind, app, startedBy, startedAt, endedAt, fromVersion, toVersion, reason, components, published, between } = upgrade;
  const by = (actor: { id: string; kind: string }): string => `${quoted(actor.id)} (${actor.kind})`;
  const lines = [
    `Proven: ${by(startedBy)} ${kind === 'UPGRADE' ? 'upgraded' : 'rolled back'} the app ${quoted(app.name)} of the team ${quoted(app.team)} from ${quoted(fromVersion)} to ${quoted(toVersion)} at ${startedAt}.`,
    `${ENDS[upgrade.outcome]}${endedAt === null ? '' : ` at ${endedAt}`}.`,
    `  app           ${app.id}`,
    `  installation  ${upgrade.installationId}`,
    `  template      ${upgrade.templateId}`,
    `  upgrade       ${upgrade.upgradeId}`,
    ...(reason === null ? [] : [`  reason        ${quoted(reason)}`]),
    ...components.map(({ key, action }) => `  component     ${key === '' ? 'what is of the app as a whole' : quoted(key)}: ${action}`),
    published
      ? `${quoted(published.version)} was published by ${by(published.by)} at ${published.at}; its content is the manifest ${published.manifest}.`
      : 'How the version was published is not in the proof.',
    `Its ${events} events are among the first ${size} of log ${log}, as signed by ${publicKey}.`,
    keyIsKnown
      ? 'That is a key that you gave.'
      : 'That key is the one that the file itself names: it is proven only if it is the one that you keep (give it by --key).',
    ...(between === 0
      ? []
      : [`The stream of the app has ${between} more events between its first and its last, of other matters as far as the server says.`]),
  ];
  return lines.join('\n');
}

/** A text of somebody else, so that it can be told from ours, whatever it has in it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
