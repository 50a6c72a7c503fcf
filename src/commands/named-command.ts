import { v5 as uuidv5 } from 'uuid';
import { canonicalText, digestOf } from '../domain/canonical.js';
import type { JsonObject } from '../domain/json.js';
import type { Vault } from '../secrets/vault.js';
import type { CommandContext, NamedCommand, Runtime } from './context.js';

/** Ids of streams that commands create are of this namespace (RFC 9562, version 5). */
const NAMESPACE = '5b0c9d8e-6c1f-4f0e-8a57-3d0f1c7a2b64';

/** @param input what is asked for, without the command's id. */
export function nameCommand(name: string, id: string, input: JsonObject): NamedCommand {
  return { id, name, digest: digestOf([name, input]) };
}

/**
 * Likewise for an input that may hold the value of a secret: a digest could be guessed from, a fingerprint tells nothing without the key.
 * @throws Refusal SECRET_KEY_WRONG.
 */
export async function nameSecretCommand(name: string, id: string, input: JsonObject, vault: Vault): Promise<NamedCommand> {
  return { id, name, digest: await vault.fingerprintOf(canonicalText([name, input])) };
}

/**
 * The id of what a command creates. It follows from who asks and from the command's name and id, so that the same command finds the stream that
 * it made; a command without an id makes a new one (version 7).
 */
export function idOfNew({ actor, command }: CommandContext, runtime: Runtime): string {
  return command ? uuidv5(JSON.stringify([actor.id, command.name, command.id]), NAMESPACE) : runtime.newId();
}
