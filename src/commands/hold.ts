import { releaseHold } from '../domain/app/holds.js';
import type { AppId, InstallationId } from '../domain/ids.js';
import { requireVersion } from '../domain/version.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { appTarget } from './target.js';

export interface LiftHold {
  readonly appId: AppId;
  readonly installationId: InstallationId;
  readonly version: string;
  readonly reason: string | undefined;
  readonly expectedRevision?: number | null | undefined;
}

/** Lets an installation be moved again to a version that it was rolled back from. */
export function handleReleaseHold(
  services: CommandServices,
  context: CommandContext,
  { appId, version, expectedRevision, ...hold }: LiftHold,
): Promise<Executed<InstallationId>> {
  const { aggregates } = services;
  return execute(services, context, appTarget(aggregates, appId), {
    expectedRevision,
    decide: async (loaded) => releaseHold({ ...hold, version: requireVersion(version) }, (await aggregates.viewOf(appId, loaded)).view),
    answer: () => hold.installationId,
  });
}
