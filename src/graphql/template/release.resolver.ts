import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import type { SyncRow } from '../../../projections/templates/releases.js';
import type { CommandContext } from '../../commands/context.js';
import { handleCancelRelease, handleRetryRelease, type ToRelease } from '../../commands/publish.js';
import { compareTrees } from '../../domain/compare/compare-trees.js';
import { withRisks } from '../../domain/compare/risks.js';
import type { Digest, ReleaseId, TemplateComponentId, TemplateId } from '../../domain/ids.js';
import type { ManifestEntry } from '../../domain/template/manifest.js';
import { FieldDifference } from '../comparison/comparison.types.js';
import { toFieldDifferences } from '../comparison/to-comparison.js';
import { Command } from '../command.js';
import type { RequestContext } from '../context.js';
import { loadTemplate, type ReleaseNode } from '../nodes.js';
import { awaitRelease, releasePayload } from './await-release.js';
import { PublishPayload, ReleaseInput, ReleaseRecord, SyncRecord, Template } from './template.types.js';

interface SyncNode extends Omit<SyncRow, 'change'> {
  readonly id: string;
  readonly componentKey: string;
  readonly change: SyncRow['change'] | 'UNCHANGED';
}

@Resolver(() => ReleaseRecord)
export class ReleaseRecordResolver {
  @FieldResolver(() => Template)
  template(@Root() { templateId }: ReleaseNode, @Ctx() context: RequestContext): Promise<object> {
    return loadTemplate(context, templateId);
  }

  /** What changed as recorded; what did not follows from the manifest. In the order of the manifest, what is removed last. */
  @FieldResolver(() => [SyncRecord])
  async syncRecords(@Root() release: ReleaseNode, @Ctx() { loaders }: RequestContext): Promise<SyncNode[]> {
    const [manifest, rows] = await Promise.all([loaders.manifest.load(release.id), loaders.syncRecords.load(release.id)]);
    const changed = new Map(rows.map((row) => [row.templateComponentId, row]));
    const lines = [...manifest.components.values()].map((entry) => {
      const row = changed.get(entry.templateComponentId);
      return row ? toSyncNode(row) : unchanged(release, entry);
    });
    const removed = rows.filter(({ templateComponentId }) => !manifest.components.has(templateComponentId as TemplateComponentId));
    return [...lines, ...removed.map(toSyncNode)];
  }

  @Allow('DEVELOP')
  @Mutation(() => PublishPayload)
  async retryRelease(
    @Arg('input') input: ReleaseInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { result, position } = await handleRetryRelease(context.backend.services, command, toRelease(input));
    return awaitRelease(context, command, result, position);
  }

  @Allow('DEVELOP')
  @Mutation(() => PublishPayload)
  async cancelRelease(
    @Arg('input') input: ReleaseInput,
    @Ctx() context: RequestContext,
    @Command() command: CommandContext,
  ): Promise<object> {
    const { result, position } = await handleCancelRelease(context.backend.services, command, toRelease(input));
    return releasePayload(context, result, position);
  }
}

@Resolver(() => SyncRecord)
export class SyncRecordResolver {
  @FieldResolver(() => [FieldDifference])
  async differences(@Root() { beforeDigest, afterDigest }: SyncNode, @Ctx() { loaders }: RequestContext): Promise<FieldDifference[]> {
    const before = (beforeDigest ?? undefined) as Digest | undefined;
    const after = (afterDigest ?? undefined) as Digest | undefined;
    if (before === after) return [];
    const lookup = await loaders.contents.load([before, after].filter((digest) => digest !== undefined));
    const from = before && lookup.definition(before);
    const to = after && lookup.definition(after);
    return toFieldDifferences(withRisks(from, to, compareTrees(from, to)));
  }
}

function toSyncNode(row: SyncRow): SyncNode {
  return { ...row, id: `${row.releaseId}:${row.templateComponentId}`, componentKey: row.key };
}

function unchanged({ id, startedAt }: ReleaseNode, { templateComponentId, key }: ManifestEntry): SyncNode {
  return {
    id: `${id}:${templateComponentId}`,
    releaseId: id,
    templateComponentId,
    key,
    componentKey: key,
    previousKey: null,
    change: 'UNCHANGED',
    state: 'SYNCED',
    beforeDigest: null,
    afterDigest: null,
    syncedAt: startedAt,
    error: null,
  };
}

function toRelease({ templateId, releaseId }: ReleaseInput): ToRelease {
  return { templateId: templateId as TemplateId, releaseId: releaseId as ReleaseId };
}
