import Type, { type Static } from 'typebox';
import Compile from 'typebox/compile';
import type { JsonObject } from '../../domain/json.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { asRecorded, hashOf } from '../../store/hash-chain.js';
import { firstProblem, MetadataSchema } from '../cloud-event.js';
import type { LogProof } from '../checkpoints/checkpointer.js';

export const PROOF_FORMAT = 'regraft/upgrade-proof/1';

/** Nothing may be in a proof that is not proven: additional properties are refused. */
const exactly = { additionalProperties: false } as const;

const ProofEventSchema = Type.Object(
  {
    stream: Type.String({ minLength: 1 }),
    revision: Type.Integer({ minimum: 0 }),
    id: Type.String({ minLength: 1 }),
    type: Type.String({ minLength: 1 }),
    recordedAt: Type.String(),
    /** As recorded, as `data` is. */
    metadata: MetadataSchema,
    data: Type.Unsafe<JsonObject>(Type.Object({})),
    hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** Where it is in the log, from 0, and what leads from it to the root of the checkpoint: see `Inclusion`. */
    index: Type.Integer({ minimum: 0 }),
    path: Type.Array(Type.String({ pattern: '^[\\w+/]{43}=$' }), { maxItems: 64 }),
  },
  exactly,
);

const UpgradeProofSchema = Type.Object(
  {
    format: Type.Literal(PROOF_FORMAT),
    log: Type.String({ pattern: '^[0-9A-Za-z]+$' }),
    upgradeId: Type.String({ minLength: 1 }),
    /** In the order of the log: those of the upgrade, and those that tell what the app and the version are. */
    events: Type.Array(ProofEventSchema, { minItems: 1 }),
    /** A signed note, see `checkpoint.ts`. */
    checkpoint: Type.String(),
    /** That it is signed by. Whoever made the file may have written it: compare it with the one that you keep. */
    publicKey: Type.String(),
  },
  exactly,
);

export type UpgradeProof = Readonly<Static<typeof UpgradeProofSchema>>;
export type ProofEvent = Readonly<Static<typeof ProofEventSchema>>;

const proofs = Compile(UpgradeProofSchema);

/** What is given as a proof does not prove anything; the message names the first thing that is wrong. */
export class ProofError extends Error {
  override readonly name = 'ProofError';
}

/** @param proof of the events, in their order. */
export function toUpgradeProof(log: string, upgradeId: string, events: readonly RecordedEvent[], proof: LogProof): UpgradeProof {
  const { note, publicKey, inclusions } = proof;
  return {
    format: PROOF_FORMAT,
    log,
    upgradeId,
    events: events.map((event, place) => toProofEvent(event, inclusions[place] ?? { index: 0, path: [] })),
    checkpoint: note,
    publicKey,
  };
}

function toProofEvent(event: RecordedEvent, { index, path }: LogProof['inclusions'][number]): ProofEvent {
  const { stream, revision, eventId: id, type, recordedAt } = event;
  const { data, metadata } = asRecorded(event);
  return { stream, revision, id, type, recordedAt, metadata, data, hash: hashOf({ type, data, metadata }), index, path: [...path] };
}

/** @throws ProofError where a text is no such file. */
export function parseUpgradeProof(text: string): UpgradeProof {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new ProofError('the file is no JSON: give what the query upgradeProof answered as document', { cause: error });
  }
  if (proofs.Check(given)) return given;
  throw new ProofError(`the file is no proof of an upgrade (${PROOF_FORMAT}): ${firstProblem(proofs.Errors(given))}`);
}
