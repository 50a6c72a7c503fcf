import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Allow } from '../allow.js';
import type { CommandContext } from '../../commands/context.js';
import { handleImportCompose } from '../../commands/import-compose.js';
import { toRenames } from '../../domain/app/renames.js';
import type { AppId } from '../../domain/ids.js';
import { toComponentDifference } from '../comparison/to-comparison.js';
import { answered, Command } from '../command.js';
import type { RequestContext } from '../context.js';
import { loadApp } from '../nodes.js';
import { ImportComposeInput, ImportPayload } from './import.types.js';

@Resolver()
export class ImportResolver {
  @Allow('DEVELOP')
  @Mutation(() => ImportPayload, {
    description: "Brings an app's own components to what a Compose project says: adds, changes and removes. dryRun only tells.",
  })
  async importCompose(
    @Arg('input') input: ImportComposeInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { changes, warnings, position } = await handleImportCompose(context.backend.services, command, {
      appId: input.appId as AppId,
      expectedRevision: input.expectedRevision,
      source: {
        files: input.files.map(({ name, content, overlay }) => ({ ...(name ? { name } : {}), content, overlay: overlay ?? false })),
        ...(typeof input.env === 'string' && { env: input.env }),
        ...(input.profiles && { profiles: input.profiles }),
      },
      renames: toRenames('renames', input.renames ?? []),
      dryRun: input.dryRun ?? false,
    });
    return answered(context, position, async () => ({
      app: await loadApp(context, input.appId),
      changes: changes.map(toComponentDifference),
      warnings,
    }));
  }
}
