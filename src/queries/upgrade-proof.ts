import { historyPage } from '../../projections/history/queries.js';
import type { VersionRow } from '../../projections/templates/queries.js';
import type { UpgradeRow } from '../../projections/upgrades/queries.js';
import { appStream } from '../commands/aggregates.js';
import { UPGRADE_TYPES } from '../domain/app/upgrade-events.js';
import { Refusal } from '../domain/errors.js';
import type { AppId } from '../domain/ids.js';
import type { ReadModel } from '../projector/projection.js';
import type { EventStore, RecordedEvent } from '../store/event-store.js';

const PAGE = 200;
/** A template has 500 components, each of which can be tried again. */
const MAX_EVENTS = 5_000;

/**
 * The events that prove an upgrade: how the app was created, how the version was published, and all that name the upgrade.
 * @param version to which it was; undefined where that is not shown to who asks.
 * @returns in the order of the log.
 * @throws Refusal BAD_USER_INPUT where there are too many of them.
 */
export async function eventsOfUpgrade(
  store: EventStore,
  db: ReadModel,
  upgrade: UpgradeRow,
  version: VersionRow | undefined,
): Promise<readonly RecordedEvent[]> {
  const about = await store.readFirst([appStream(upgrade.appId as AppId)]);
  const published = version ? await store.readAt(placesOf(db, version)) : [];
  const ofVersion = published.filter(({ data }) => data['releaseId'] === version?.id);
  const own = await namingUpgrade(store, upgrade);
  return [...about, ...ofVersion, ...own].sort((one, other) => one.position - other.position);
}

/** Where events are that publish something of the template at the time when the version was: one, as a rule. */
function placesOf(db: ReadModel, { templateId, publishedAt }: VersionRow): readonly number[] {
  const to = new Date(Date.parse(publishedAt) + 1).toISOString();
  const filter = { templateId, types: ['TemplatePublished'], from: publishedAt, to };
  return historyPage(db, filter, PAGE).rows.map(({ position }) => position);
}

/** Those of the app's stream that name the upgrade, from its first on. */
async function namingUpgrade(store: EventStore, { appId, id, place }: UpgradeRow): Promise<readonly RecordedEvent[]> {
  const [start] = await store.readAt([place]);
  const found: RecordedEvent[] = [];
  for (let from = start?.revision ?? 0, more = true; more;) {
    const page = await store.readStream(appStream(appId as AppId), { from, limit: PAGE });
    found.push(...page.filter(({ type, data }) => UPGRADE_TYPES.has(type) && data['upgradeId'] === id));
    if (found.length > MAX_EVENTS) {
      const message = `this upgrade has more than ${MAX_EVENTS} events: take them from /history.ndjson?appId=${appId}, and check the log with "regraft verify"`;
      throw new Refusal('BAD_USER_INPUT', message, { upgradeId: id });
    }
    more = page.length === PAGE;
    from += page.length;
  }
  return found;
}
