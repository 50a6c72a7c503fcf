import { setImmediate } from 'node:timers/promises';
import { appsThatInstalled } from '../../../projections/apps/queries.js';
import { appsProjection } from '../../../projections/apps/projection.js';
import { bindingsProjection } from '../../../projections/bindings/projection.js';
import { templatesProjection } from '../../../projections/templates/projection.js';
import { templatesReleasedFrom } from '../../../projections/templates/releases.js';
import { upgradesProjection } from '../../../projections/upgrades/projection.js';
import { Aggregates, appStream, templateStream } from '../../commands/aggregates.js';
import type { Runtime } from '../../commands/context.js';
import type { AppId, TemplateId } from '../../domain/ids.js';
import type { ReadModel } from '../../projector/projection.js';
import { SqliteReadModel } from '../../projector/read-model.js';
import { streamsAsOf } from '../../store/as-of.js';
import type { EventStore, Position, RecordedEvent, StreamName, StreamReader } from '../../store/event-store.js';
import type { Allowance } from './allowance.js';

const PROJECTIONS = [appsProjection, templatesProjection, upgradesProjection, bindingsProjection];
const PAGE = 500;
/** Streams that are read at once. */
const AT_ONCE = 20;

export interface MomentOptions {
  readonly store: EventStore;
  readonly runtime: Pick<Runtime, 'now'>;
  /** Everything up to here, its event included, has happened. */
  readonly position: Position;
  /** Read models that have come to the position or further: they tell which streams belong together, since their rows of these outlive what they are of. */
  readonly present: ReadModel;
  readonly allowance: Allowance;
}

/**
 * The log as it was at a position. Its read models are made in memory by the projections that make those of the present, of the streams that were asked
 * for and what these lead to: an app comes with every template that it was published as or ever had installed.
 */
export class Moment {
  readonly position: Position;
  /** States as of then. */
  readonly aggregates: Aggregates;
  readonly #readModel: SqliteReadModel;
  readonly #streams: StreamReader;
  readonly #read = new Map<StreamName, Promise<readonly TemplateId[]>>();
  #closed = false;

  constructor(private readonly options: MomentOptions) {
    const { store, position, runtime, allowance } = options;
    this.position = position;
    this.#streams = metered(streamsAsOf(store, position), allowance);
    this.aggregates = new Aggregates(this.#streams, runtime);
    this.#readModel = openInMemory(store.logId);
  }

  /** Rows of what was brought in. @throws Error once it is closed. */
  get readModel(): ReadModel {
    if (this.#closed) throw new Error('the request is answered already');
    return this.#readModel;
  }

  /** Brings in apps, whether they were there then or not, with their templates. @throws Refusal PAST_TOO_LARGE. */
  async bringApps(appIds: readonly string[]): Promise<void> {
    const { present, position } = this.options;
    const installed = await this.#bring(appIds.map((id) => appStream(id as AppId)));
    await this.bringTemplates([...installed, ...templatesReleasedFrom(present, appIds, position)]);
  }

  /** Brings in templates, without the apps that have them installed. @throws Refusal PAST_TOO_LARGE. */
  async bringTemplates(templateIds: readonly string[]): Promise<void> {
    await this.#bring(templateIds.map((id) => templateStream(id as TemplateId)));
  }

  /** Brings in the apps that had templates installed, then or before. @throws Refusal PAST_TOO_LARGE. */
  async bringInstallsOf(templateIds: readonly string[]): Promise<void> {
    const { present, position } = this.options;
    await this.bringApps(appsThatInstalled(present, templateIds, position));
  }

  close(): void {
    this.#closed = true;
    this.#readModel.close();
  }

  /** @returns the templates that the events name. */
  async #bring(streams: readonly StreamName[]): Promise<TemplateId[]> {
    const wanted = [...new Set(streams)];
    const named: TemplateId[] = [];
    for (let from = 0; from < wanted.length; from += AT_ONCE) {
      const some = wanted.slice(from, from + AT_ONCE).map((stream) => this.#once(stream));
      named.push(...(await Promise.all(some)).flat());
    }
    return named;
  }

  /** Each stream is read once, however many ask for it. */
  #once(stream: StreamName): Promise<readonly TemplateId[]> {
    const known = this.#read.get(stream);
    if (known) return known;
    const reading = this.#fill(stream);
    this.#read.set(stream, reading);
    return reading;
  }

  /** Page by page, so that others are served in between. */
  async #fill(stream: StreamName): Promise<TemplateId[]> {
    const named = new Set<TemplateId>();
    for (let from = 0; ; from += PAGE) {
      const events = await this.#streams.readStream(stream, { from, limit: PAGE });
      if (this.#closed) throw new Error('the request is answered already');
      this.#apply(events);
      for (const { data } of events) if (typeof data['templateId'] === 'string') named.add(data['templateId'] as TemplateId);
      if (events.length < PAGE) return [...named];
      await setImmediate();
    }
  }

  #apply(events: readonly RecordedEvent[]): void {
    if (events.length === 0) return;
    this.#readModel.transaction(() => {
      for (const event of events) for (const projection of PROJECTIONS) projection.apply(event, this.#readModel);
    });
  }
}

function metered(streams: StreamReader, allowance: Allowance): StreamReader {
  const counted = (events: readonly RecordedEvent[]): readonly RecordedEvent[] => {
    allowance.take(events.length);
    return events;
  };
  return {
    readStream: async (stream, options) => counted(await streams.readStream(stream, options)),
    readFirst: async (names) => counted(await streams.readFirst(names)),
  };
}

function openInMemory(logId: string): SqliteReadModel {
  const opened = SqliteReadModel.open({ path: ':memory:', projections: PROJECTIONS, logId });
  if (typeof opened === 'string') throw new Error(`a database in memory is ${opened}`);
  return opened;
}
