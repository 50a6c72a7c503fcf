import type { TemplateId } from '../domain/ids.js';
import type { deprecateVersion } from '../domain/template/decide-version-state.js';
import { requireVersion } from '../domain/version.js';
import { requireTemplate } from './aggregates.js';
import type { CommandContext } from './context.js';
import { execute, type CommandServices, type Executed } from './execute.js';
import { templateTarget } from './target.js';

export interface VersionStateCommand {
  readonly templateId: TemplateId;
  readonly version: string;
  readonly reason: string | undefined;
}

/** Deprecates, withdraws or restores a published version, by its decider. */
export function handleVersionState(
  services: CommandServices,
  context: CommandContext,
  { templateId, version: label, reason }: VersionStateCommand,
  decide: typeof deprecateVersion,
): Promise<Executed<TemplateId>> {
  return execute(services, context, templateTarget(services.aggregates, templateId), {
    decide: (loaded) => decide({ version: requireVersion(label), reason }, requireTemplate(templateId, loaded).state),
    answer: () => templateId,
  });
}
