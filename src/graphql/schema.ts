import 'reflect-metadata';
import { createPubSub } from '@graphql-yoga/subscription';
import { isInterfaceType, type GraphQLSchema } from 'graphql';
import { buildSchema, getMetadataStorage } from 'type-graphql';
import { MeResolver } from './access/me.resolver.js';
import { TokenResolver } from './access/token.resolver.js';
import { guardRootFields } from './allow.js';
import { AppResolver } from './app/app.resolver.js';
import { InstallationResolver } from './app/installation.resolver.js';
import { BlameEntryResolver, BlameResolver } from './blame/blame.resolver.js';
import { CheckpointResolver } from './checkpoint/checkpoint.resolver.js';
import { VersionComparisonResolver } from './comparison/comparison.resolver.js';
import { ComponentResolver } from './component/component.resolver.js';
import { DesiredStateResolver } from './desired-state/desired-state.resolver.js';
import { EventResolver } from './history/event.resolver.js';
import { HistoryResolver } from './history/history.resolver.js';
import { ImportResolver } from './import/import.resolver.js';
import { InstallPayloadResolver, MissingValuesResolver, OpenValuesResolver, SecretResolver } from './secret/secret.resolver.js';
import { answerInMoments } from './past/answer-in-moments.js';
import { AppChangesResolver } from './past/changes.resolver.js';
import { UpgradeReplayResolver } from './past/replay.resolver.js';
import { UpgradeProofResolver } from './proof/upgrade-proof.resolver.js';
import { VerificationResolver } from './proof/verification.resolver.js';
import type { TypedNode } from './node.js';
import { ReadModelsResolver } from './operations/read-models.resolver.js';
import { RehearsalInstallResolver, RehearsalResolver } from './rehearsal/rehearsal.resolver.js';
import { ReleaseRecordResolver, SyncRecordResolver } from './template/release.resolver.js';
import { TemplateResolver } from './template/template.resolver.js';
import { TemplateVersionResolver } from './template/version.resolver.js';
import { RollbackResolver } from './upgrade/rollback.resolver.js';
import { UpgradeRunResolver } from './upgrade/run.resolver.js';
import { UpgradeResolver } from './upgrade/upgrade.resolver.js';
import { validateArgument } from './validate.js';
import { WebhookAttemptResolver } from './webhook/attempt.resolver.js';
import { WebhookCommandResolver } from './webhook/command.resolver.js';
import { WebhookResolver } from './webhook/webhook.resolver.js';

/** The schema of the API, built from its classes. @throws Error where a query, mutation or subscription does not say what it takes to ask for it. */
export async function buildRegraftSchema(): Promise<GraphQLSchema> {
  // A field without a resolver of its own is read from its object by whoever executes, who is quicker at it.
  for (const type of getMetadataStorage().objectTypes) type.simpleResolvers = true;
  const schema = await buildSchema({
    resolvers: [
      AppResolver,
      InstallationResolver,
      ComponentResolver,
      ImportResolver,
      TemplateResolver,
      TemplateVersionResolver,
      ReleaseRecordResolver,
      SyncRecordResolver,
      VersionComparisonResolver,
      UpgradeResolver,
      RollbackResolver,
      UpgradeRunResolver,
      HistoryResolver,
      ReadModelsResolver,
      BlameResolver,
      BlameEntryResolver,
      DesiredStateResolver,
      RehearsalResolver,
      RehearsalInstallResolver,
      SecretResolver,
      MissingValuesResolver,
      InstallPayloadResolver,
      OpenValuesResolver,
      CheckpointResolver,
      MeResolver,
      TokenResolver,
      AppChangesResolver,
      UpgradeReplayResolver,
      EventResolver,
      WebhookResolver,
      WebhookCommandResolver,
      WebhookAttemptResolver,
      UpgradeProofResolver,
      VerificationResolver,
    ],
    validateFn: validateArgument,
    // Subscriptions read the log; the library wants to be given a hub once there is one.
    pubSub: createPubSub(),
  });
  for (const type of Object.values(schema.getTypeMap())) if (isInterfaceType(type)) type.resolveType = typeNameOf;
  return guardRootFields(answerInMoments(schema));
}

/** Objects behind an interface say of which type they are: at once, where type-graphql would let whoever executes wait. */
function typeNameOf({ __typename }: TypedNode): string {
  return __typename;
}
