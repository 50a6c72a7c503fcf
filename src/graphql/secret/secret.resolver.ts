import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import type { InstallationRow } from '../../../projections/apps/queries.js';
import type { CommandContext } from '../../commands/context.js';
import { handleRevealSecret } from '../../commands/reveal-secret.js';
import { pathsOfName } from '../../domain/definition/open-values.js';
import { Refusal } from '../../domain/errors.js';
import type { AppId, ComponentId } from '../../domain/ids.js';
import { Installation, InstallPayload } from '../app/app.types.js';
import { Command } from '../command.js';
import type { RequestContext } from '../context.js';
import type { VersionNode } from '../nodes.js';
import { COST_OF_OPEN_VALUES } from '../query-cost.js';
import { TemplateVersion } from '../template/template.types.js';
import { missingValuesOf, openValuesOfVersion } from './open-values.js';
import { OpenValue, RevealSecretInput, RevealSecretPayload } from './secret.types.js';

@Resolver()
export class SecretResolver {
  @Allow('ADMINISTER')
  @Mutation(() => RevealSecretPayload, {
    description: 'Tells the value of a secret, or one that was generated. That it was told, to whom and why, is an event.',
  })
  async revealSecret(
    @Arg('input') input: RevealSecretInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<RevealSecretPayload> {
    const { path, value, position } = await handleRevealSecret(context.backend.services, command, {
      appId: input.appId as AppId,
      componentId: input.componentId as ComponentId,
      paths: pathsOf(input),
      reason: input.reason,
    });
    return { path, value, position: await context.written(position) };
  }
}

function pathsOf({ path, name }: RevealSecretInput): readonly string[] {
  if (path && !name) return [path];
  if (name && !path) return pathsOfName(name);
  throw new Refusal('BAD_USER_INPUT', 'say which value: by its path, such as /env/DB_PASSWORD, or by its name', { path: 'path' });
}

const MISSING = 'Values that a running copy needs and nobody gave: give them by updateComponent.';

@Resolver(() => Installation)
export class MissingValuesResolver {
  @FieldResolver(() => [OpenValue], { description: MISSING, complexity: COST_OF_OPEN_VALUES })
  missingValues(@Root() installation: InstallationRow, @Ctx() { loaders }: RequestContext): Promise<OpenValue[]> {
    return missingValuesOf(loaders, installation);
  }
}

@Resolver(() => InstallPayload)
export class InstallPayloadResolver {
  @FieldResolver(() => [OpenValue], { description: MISSING, complexity: COST_OF_OPEN_VALUES })
  missingValues(@Root() { installation }: { installation: InstallationRow }, @Ctx() { loaders }: RequestContext): Promise<OpenValue[]> {
    return missingValuesOf(loaders, installation);
  }
}

@Resolver(() => TemplateVersion)
export class OpenValuesResolver {
  @FieldResolver(() => [OpenValue], {
    description: 'What an install is to be given by `values`. What is generated is not among it.',
    complexity: COST_OF_OPEN_VALUES,
  })
  openValues(@Root() version: VersionNode, @Ctx() { loaders }: RequestContext): Promise<OpenValue[]> {
    return openValuesOfVersion(loaders, version);
  }
}
