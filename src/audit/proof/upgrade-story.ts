import type { AppEvent } from '../../domain/app/events.js';
import { UPGRADE_TYPES } from '../../domain/app/upgrade-events.js';
import { eventSchemas } from '../../domain/event-catalogue.js';
import type { TemplateEvent } from '../../domain/template/events.js';
import { EventCodec } from '../../store/codec.js';
import { CorruptLogError } from '../../store/errors.js';
import type { Actor } from '../../store/event-store.js';
import { nameOf } from './check-log.js';
import { ProofError, type UpgradeProof } from './upgrade-proof.js';

type DomainEvent = AppEvent | TemplateEvent;
type Told<Type extends DomainEvent['type']> = Extract<DomainEvent, { type: Type }> & Where;

interface Where {
  readonly place: number;
  readonly stream: string;
  readonly revision: number;
  readonly at: string;
  readonly by: Actor;
}

export type Outcome = 'COMPLETED' | 'PARTLY_COMPLETED' | 'FAILED' | 'ROLLED_BACK' | 'NOT_OVER';

/** Who upgraded what, from where, to where, when. Times are those of recording. */
export interface UpgradeStory {
  readonly kind: 'UPGRADE' | 'ROLLBACK';
  readonly upgradeId: string;
  readonly installationId: string;
  readonly templateId: string;
  /** As it was created; the name may be another one by now. */
  readonly app: { readonly id: string; readonly name: string; readonly team: string };
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly startedAt: string;
  readonly startedBy: Actor;
  readonly reason: string | null;
  readonly outcome: Outcome;
  readonly endedAt: string | null;
  readonly components: readonly { readonly key: string; readonly action: string; readonly failed: boolean }[];
  /** How the version came to be; null where the proof does not have it. */
  readonly published: { readonly version: string; readonly at: string; readonly by: Actor; readonly manifest: string } | null;
  /** Events of the app's stream between the first and the last of the upgrade that are not in the proof. */
  readonly between: number;
}

const codec = new EventCodec(eventSchemas);

const OUTCOMES = {
  AppUpgraded: 'COMPLETED',
  AppPartlyUpgraded: 'PARTLY_COMPLETED',
  AppRolledBack: 'ROLLED_BACK',
  UpgradeFailed: 'FAILED',
} as const;

/**
 * What the events of a proof tell, all of which are in the log.
 * @throws ProofError where they are not those of one upgrade.
 */
export function storyOf(proof: UpgradeProof): UpgradeStory {
  const events = proof.events.map((event, place) => told(event, place));
  const start = events.find((event) => event.type === 'UpgradeStarted' || event.type === 'RollbackStarted');
  if (!start) throw new ProofError('there is no event with which an upgrade begins');
  const created = events.find((event) => event.type === 'AppCreated');
  if (!created) throw new ProofError('there is no event that tells which app it is (AppCreated)');
  const ofUpgrade = events.filter((event) => UPGRADE_TYPES.has(event.type));
  for (const event of events) requireBelongs(event, start, proof.upgradeId);
  const end = ofUpgrade.findLast((event) => event.type in OUTCOMES);
  const version = end && 'toVersion' in end.data ? end.data : start.data;
  const manifest = end && 'manifest' in end.data ? end.data.manifest : undefined;
  const published = events.find((event) => event.type === 'TemplatePublished');
  if (published && manifest !== undefined && published.data.manifest !== manifest) {
    throw new ProofError(
      `${nameOf(published, published.place)}: what was published is not what the app was moved to: it has another manifest`,
    );
  }
  const { appId: id, name, team } = created.data;
  const last = ofUpgrade.at(-1) ?? start;
  return {
    kind: start.type === 'UpgradeStarted' ? 'UPGRADE' : 'ROLLBACK',
    upgradeId: start.data.upgradeId,
    installationId: start.data.installationId,
    templateId: start.data.templateId,
    app: { id, name, team },
    fromVersion: version.fromVersion,
    toVersion: version.toVersion,
    startedAt: start.at,
    startedBy: start.by,
    reason: start.data.reason ?? null,
    outcome: end ? OUTCOMES[end.type as keyof typeof OUTCOMES] : 'NOT_OVER',
    endedAt: end?.at ?? null,
    components: events.flatMap(changeOf),
    published: published
      ? { version: published.data.version, at: published.at, by: published.by, manifest: published.data.manifest }
      : null,
    between: last.revision - start.revision + 1 - ofUpgrade.length,
  };
}

/** An event in its newest version. @throws ProofError where this program cannot read it. */
function told(event: UpgradeProof['events'][number], place: number): DomainEvent & Where {
  const { stream, revision, recordedAt } = event;
  try {
    const { type, data, metadata, unread } = codec.decode({ ...event, eventId: event.id, position: event.index });
    if (unread) throw new ProofError(`${nameOf(event, place)}: this program does not know such events: use a newer one`);
    // Decoding checked the data against the type's schema.
    return { ...({ type, data } as DomainEvent), place, stream, revision, at: recordedAt, by: metadata.actor };
  } catch (error) {
    if (!(error instanceof CorruptLogError)) throw error;
    throw new ProofError(`${nameOf(event, place)}: ${error.message}`, { cause: error });
  }
}

/** Whether an event is of the upgrade, or tells what its app or its version is. */
function requireBelongs(event: DomainEvent & Where, start: Told<'UpgradeStarted' | 'RollbackStarted'>, upgradeId: string): void {
  const { appId, installationId, templateId, toVersion } = start.data;
  const wrong = (problem: string): never => {
    throw new ProofError(`${nameOf(event, event.place)}: ${problem}`);
  };
  if (event.type === 'AppCreated') {
    if (event.stream !== start.stream || event.revision !== 0) wrong('it is of another app');
  } else if (event.type === 'TemplatePublished') {
    if (event.stream !== `template-${templateId}` || event.data.version !== toVersion) wrong('it is of another version');
  } else if (!('upgradeId' in event.data)) {
    wrong('it is no event of an upgrade');
  } else {
    if (event.data.upgradeId !== upgradeId) wrong(`it is of another upgrade than ${upgradeId}`);
    const same = event.data.appId === appId && event.data.installationId === installationId && event.data.templateId === templateId;
    if (!same || event.stream !== `app-${appId}`) wrong('it is of another app or installation');
    if (event.place !== start.place && event.type === start.type) wrong('the upgrade begins twice');
    if (event.revision < start.revision) wrong('it is before the upgrade began');
  }
}

function changeOf(event: DomainEvent): UpgradeStory['components'] {
  if (event.type === 'ComponentUpgraded') return [{ key: event.data.key, action: event.data.action, failed: false }];
  if (event.type === 'ComponentUpgradeFailed') return [{ key: event.data.key, action: 'FAILED', failed: true }];
  return [];
}
