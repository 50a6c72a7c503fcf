import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { Allow } from '../allow.js';
import { fieldKindOf } from '../../domain/definition/fields.js';
import { hideSecrets, secretsAmong } from '../../domain/definition/hidden.js';
import type { AppId } from '../../domain/ids.js';
import type { Json } from '../../domain/json.js';
import type { Pointer } from '../../domain/pointer.js';
import { toPage } from '../../../projections/page.js';
import { blameField, type FieldBlame, type RecordedEntry } from '../../queries/blame.js';
import { Installation } from '../app/app.types.js';
import { decodeCursor, firstOf, PageArgs, toConnection } from '../connection.js';
import type { RequestContext } from '../context.js';
import { toEvent } from '../history/to-event.js';
import { loadInstallation, loadUpgrade, loadVersion, type UpgradeNode, type VersionNode } from '../nodes.js';
import { AsOf, type AsOfInput } from '../past/as-of.js';
import { TemplateVersion } from '../template/template.types.js';
import { COST_OF_COMPARING } from '../query-cost.js';
import { UpgradeRecord } from '../upgrade/upgrade.types.js';
import { Blame, BlameConnection, BlameEntry } from './blame.types.js';

type EntryNode = BlameEntry & { readonly entry: RecordedEntry };
type BlameNode = Omit<Blame, 'setBy'> & { readonly setBy: EntryNode; readonly blame: FieldBlame };

@Resolver(() => Blame)
export class BlameResolver {
  @Allow('READ')
  @Query(() => Blame, {
    nullable: true,
    complexity: COST_OF_COMPARING,
    description:
      'Who set what is at a path of a component (componentKey "": of the app-level content), or removed it. The path is a JSON Pointer, of one field or of anything above; null where nothing ever was there.',
  })
  async blame(
    @Arg('appId', () => ID) appId: string,
    @Arg('componentKey', () => String) componentKey: string,
    @Arg('path', () => String) path: string,
    @Ctx() { backend, principal }: RequestContext,
    @AsOf() _asOf?: AsOfInput | null,
  ): Promise<BlameNode | undefined> {
    const blame = await blameField(backend.services, { appId: appId as AppId, componentKey, path }, { principal, permission: 'READ' });
    return (
      blame && {
        appId,
        componentId: blame.componentId ?? null,
        componentKey,
        path,
        field: fieldKindOf(path),
        ...shown(path, blame.value, blame.value),
        setBy: toEntry(backend.store.logId, blame, blame.setBy),
        blame,
      }
    );
  }

  @FieldResolver(() => BlameConnection, {
    complexity: COST_OF_COMPARING,
    description: 'All that changed it, and upgrades that came to a decision about it, newest first.',
  })
  async history(@Root() { blame }: BlameNode, @Args() page: PageArgs, @Ctx() { backend }: RequestContext): Promise<object> {
    const first = firstOf(page);
    const after = decodeCursor(page.after, { position: 0 });
    const entries = await blame.history(first + 1, after?.position);
    return toConnection(
      toPage(entries, first),
      after,
      ({ position }) => ({ position }),
      async () => (await blame.history(Infinity)).length,
      (entry) => toEntry(backend.store.logId, blame, entry),
    );
  }
}

@Resolver(() => BlameEntry)
export class BlameEntryResolver {
  @FieldResolver(() => TemplateVersion, {
    nullable: true,
    description: "Where it is the template's value: the version that set it, at or before the one that the component came to.",
  })
  async version(@Root() { entry: { release } }: EntryNode, @Ctx() context: RequestContext): Promise<VersionNode | null> {
    return release ? loadVersion(context, release.releaseId) : null;
  }

  @FieldResolver(() => Installation, { nullable: true })
  async installation(@Root() { entry: { installationId } }: EntryNode, @Ctx() context: RequestContext): Promise<object | null> {
    return installationId ? loadInstallation(context, installationId) : null;
  }

  @FieldResolver(() => UpgradeRecord, { nullable: true, description: 'Where it came through an upgrade.' })
  async upgrade(@Root() { entry: { upgradeId } }: EntryNode, @Ctx() context: RequestContext): Promise<UpgradeNode | null> {
    return upgradeId ? loadUpgrade(context, upgradeId) : null;
  }
}

/**
 * What is there, without secrets: also not what was in the clear at a place that is secret now, since that may be its value.
 * @param now what is at the place now.
 */
function shown(path: Pointer, value: Json | undefined, now: Json | undefined): { present: boolean; value: Json | null; secret: boolean } {
  const secret = secretsAmong(path, [value, now]);
  const hidden = value === undefined ? null : hideSecrets(path, value, secret);
  return { present: value !== undefined, value: hidden, secret: secret.has(path) };
}

function toEntry(logId: string, { path, value: now }: FieldBlame, entry: RecordedEntry): EntryNode {
  const { action, origin, value, choice, recorded } = entry;
  return { action, origin, ...shown(path, value, now), choice: choice ?? null, event: toEvent(logId, recorded), entry };
}
