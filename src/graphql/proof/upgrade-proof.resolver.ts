import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { toUpgradeProof } from '../../audit/proof/upgrade-proof.js';
import { requireAccess } from '../../commands/access.js';
import { Refusal } from '../../domain/errors.js';
import { requireVersion, versionSortKey } from '../../domain/version.js';
import { eventsOfUpgrade } from '../../queries/upgrade-proof.js';
import { Allow } from '../allow.js';
import type { RequestContext } from '../context.js';
import { COST_OF_COMPARING } from '../query-cost.js';
import { JsonScalar } from '../scalars.js';

@ObjectType({ description: 'Proves one upgrade or rollback to who has neither the server nor the log.' })
export class UpgradeProof {
  @Field(() => ID)
  upgradeId!: string;

  @Field(() => Int, { description: 'How many events are in it.' })
  events!: number;

  @Field(() => JsonScalar, {
    description:
      'Keep it as a file: `regraft verify-proof <file> --key <publicKey of checkpoint>` checks it. It has the events as they are recorded, their hashes, and what leads from them to a signed checkpoint of the log.',
  })
  document!: object;
}

@Resolver()
export class UpgradeProofResolver {
  @Allow('AUDIT')
  @Query(() => UpgradeProof, {
    nullable: true,
    description:
      'The proof of an upgrade or a rollback, up to now. A checkpoint is signed for it where none has all of its events. Null where this server signs none.',
    complexity: COST_OF_COMPARING,
  })
  async upgradeProof(
    @Arg('upgradeId', () => ID) upgradeId: string,
    @Ctx() { backend, loaders, readModel, principal }: RequestContext,
  ): Promise<UpgradeProof | null> {
    const missing = (): Refusal => new Refusal('NOT_FOUND', 'there is no such upgrade', { upgradeId });
    const upgrade = await loaders.upgrade.load(upgradeId);
    const app = upgrade && (await loaders.app.load(upgrade.appId));
    if (!upgrade || !app) throw missing();
    requireAccess({ principal, permission: 'AUDIT' }, { team: app.team, missing });
    const { store, checkpoints, visibleWithinMs } = backend;
    if (!checkpoints) return null;
    const template = await loaders.template.load(upgrade.templateId);
    const sortKey = versionSortKey(requireVersion(upgrade.toVersion));
    const version = template && (await loaders.versionAt.load({ templateId: template.id, sortKey }));
    const events = await eventsOfUpgrade(store, readModel, upgrade, version);
    const positions = events.map(({ position }) => position);
    const proof = await checkpoints.prove(positions, { timeoutMs: visibleWithinMs });
    if (!proof) {
      const message = 'the log is not signed up to the end of this upgrade: ask again; if it stays so, run "regraft verify" on the server';
      throw new Refusal('PROOF_UNAVAILABLE', message, { upgradeId });
    }
    return { upgradeId, events: events.length, document: toUpgradeProof(store.logId, upgradeId, events, proof) };
  }
}
