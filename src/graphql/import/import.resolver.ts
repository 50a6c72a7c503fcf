import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { handleImportCompose } from '../../commands/import-compose.js';
import { toRenames } from '../../domain/app/renames.js';
import type { AppId } from '../../domain/ids.js';
import { toComponentDifference } from '../comparison/to-comparison.js';
import type { RequestContext } from '../context.js';
import { loadApp } from '../nodes.js';
import { ImportComposeInput, ImportPayload } from './import.types.js';

@Resolver()
export class ImportResolver {
  @Mutation(() => ImportPayload, {
    description: "Brings an app's own components to what a Compose project says: adds, changes and removes. dryRun only tells.",
  })
  async importCompose(@Arg('input') input: ImportComposeInput, @Ctx() context: RequestContext): Promise<object> {
    const { backend, command } = context;
    const { changes, warnings, position } = await handleImportCompose(backend.services, command, {
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
    const text = await context.written(position);
    return { app: await loadApp(context, input.appId), position: text, changes: changes.map(toComponentDifference), warnings };
  }
}
