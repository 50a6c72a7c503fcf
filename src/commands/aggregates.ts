import { LRUCache } from 'lru-cache';
import { evolveApp } from '../domain/app/evolve.js';
import type { AppEvent } from '../domain/app/events.js';
import type { Manifests } from '../domain/app/names.js';
import { versionsOf, viewApp, type AppState, type AppView, type Installation } from '../domain/app/state.js';
import { Refusal } from '../domain/errors.js';
import type { AppId, InstallationId, ReleaseId, TemplateId, WebhookId } from '../domain/ids.js';
import { evolveTemplate } from '../domain/template/evolve.js';
import type { TemplateEvent } from '../domain/template/events.js';
import type { Manifest } from '../domain/template/manifest.js';
import { findVersion, manifestOf, type Release, type TemplateState } from '../domain/template/state.js';
import { UpgradeRuns } from '../domain/upgrade/runs.js';
import { requireVersion } from '../domain/version.js';
import { WEBHOOK_STREAM, type WebhookEvent } from '../domain/webhook/events.js';
import { evolveWebhook, type WebhookState } from '../domain/webhook/state.js';
import { CorruptLogError } from '../store/errors.js';
import { BEFORE_FIRST, type Position, type RecordedEvent, type StreamName, type StreamReader } from '../store/event-store.js';
import { mayReadTemplate, requireAccess, type Access, type Subject } from './access.js';
import type { Runtime } from './context.js';
import { readable } from './readable.js';
import { rememberCommands, type RememberedCommands } from './remembered.js';

/** A stream, folded up to its end. */
export interface Loaded<State> {
  /** Undefined where it was not created yet, and where it is deleted. */
  readonly state: State | undefined;
  /** Of its last event; -1 where it has none. */
  readonly revision: number;
  /** Of its last event; `BEFORE_FIRST` where it has none. */
  readonly position: Position;
  readonly commands: RememberedCommands;
  /** That its subject belongs to, also once that is deleted; undefined where it was not created yet. */
  readonly team: string | undefined;
}

/** A stream whose subject is there. */
export interface Found<State> extends Loaded<State> {
  readonly state: State;
}

export interface LoadedApp extends Found<AppState> {
  readonly view: AppView;
}

const PAGE = 1000;
const CACHED_STREAMS = 1000;
const CACHED_MANIFESTS = 200;
const CACHED_TEAMS = 100_000;

/** Apps and templates as the log tells them. States are kept, and brought up to date from where they stand: a read costs what is new. */
export class Aggregates {
  readonly #apps = new LRUCache<StreamName, Loaded<AppState>>({ max: CACHED_STREAMS });
  readonly #templates = new LRUCache<StreamName, Loaded<TemplateState>>({ max: CACHED_STREAMS });
  readonly #webhooks = new LRUCache<StreamName, Loaded<WebhookState>>({ max: CACHED_STREAMS });
  readonly #teams = new LRUCache<StreamName, string>({ max: CACHED_TEAMS });
  readonly #kept = new LRUCache<string, Manifest>({ max: CACHED_MANIFESTS });

  constructor(
    private readonly store: StreamReader,
    private readonly runtime: Pick<Runtime, 'now'>,
  ) {}

  /** @param access what it is asked for by, where that takes a permission in its team. @throws Refusal NOT_FOUND, FORBIDDEN. */
  async app(appId: AppId, access?: Access): Promise<LoadedApp> {
    const loaded = await this.loadApp(appId);
    requireAccess(access, subjectOfApp(appId, loaded));
    return this.viewOf(appId, loaded);
  }

  /** An app that was loaded, with its components. @throws Refusal NOT_FOUND. */
  async viewOf(appId: AppId, loaded: Loaded<AppState>): Promise<LoadedApp> {
    const { state } = loaded;
    if (!state) throw noApp(appId);
    return { ...loaded, state, view: await this.#view(state) };
  }

  /** An app as it was at a revision, its own event included. */
  async appAt(appId: AppId, revision: number): Promise<AppView> {
    return this.#view(await this.appStateAt(appId, revision));
  }

  /** Likewise, without its components. */
  async appStateAt(appId: AppId, revision: number): Promise<AppState> {
    const [state] = await this.#statesAt(appId, [revision]);
    if (!state) throw new Error('an app was asked for and not given');
    return state;
  }

  /** An app as it was at some revisions, given in rising order; each with its own event included. */
  async appsAt(appId: AppId, revisions: readonly number[]): Promise<AppView[]> {
    const views: AppView[] = [];
    for (const state of await this.#statesAt(appId, revisions)) views.push(await this.#view(state));
    return views;
  }

  /** The upgrades and rollbacks of an app up to a revision. */
  async upgradeRuns(appId: AppId, revision: number): Promise<UpgradeRuns> {
    const runs = new UpgradeRuns();
    for (let from = 0; from <= revision; from += PAGE) {
      for (const event of readable(await this.#read(appStream(appId), from, revision))) runs.add(toAppEvent(event), event.revision);
    }
    return runs;
  }

  /** @param access what it is asked for by, where that takes a permission in its team. @throws Refusal NOT_FOUND, FORBIDDEN. */
  async template(templateId: TemplateId, access?: Access): Promise<Found<TemplateState>> {
    const loaded = await this.loadTemplate(templateId);
    requireAccess(access, subjectOfTemplate(templateId, loaded));
    return requireTemplate(templateId, loaded);
  }

  loadApp(appId: AppId): Promise<Loaded<AppState>> {
    return this.#load(appStream(appId), this.#apps, (before, events) => evolveApp(before, events.map(toAppEvent)));
  }

  loadTemplate(templateId: TemplateId): Promise<Loaded<TemplateState>> {
    return this.#load(templateStream(templateId), this.#templates, (before, events) => evolveTemplate(before, events.map(toTemplateEvent)));
  }

  loadWebhook(webhookId: WebhookId): Promise<Loaded<WebhookState>> {
    return this.#load(webhookStream(webhookId), this.#webhooks, (before, events) =>
      events.reduce((state, recorded) => evolveWebhook(state, toWebhookEvent(recorded), recorded.revision), before),
    );
  }

  /** The team of the subject of a stream, also of one that is deleted: it never changes, and is read once. */
  async teamOf(stream: StreamName): Promise<string | undefined> {
    const known = this.#teams.get(stream);
    if (known !== undefined) return known;
    const team = teamIn(await this.store.readFirst([stream]));
    if (team !== undefined) this.#teams.set(stream, team);
    return team;
  }

  /** At most a thousand events, by revision. */
  async appEvents(appId: AppId, first: number, last: number): Promise<readonly AppEvent[]> {
    return (await this.#read(appStream(appId), first, last)).map(toAppEvent);
  }

  /** The events of an app as they were recorded, oldest first, in pages. */
  async *recordedEvents(
    appId: AppId,
  ): AsyncGenerator<readonly { readonly event: AppEvent; readonly recorded: RecordedEvent }[], void, void> {
    for (let from = 0; ; from += PAGE) {
      const page = await this.#read(appStream(appId), from);
      yield readable(page).map((recorded) => ({ event: toAppEvent(recorded), recorded }));
      if (page.length < PAGE) return;
    }
  }

  /** At most a thousand events, by revision. */
  async templateEvents(templateId: TemplateId, first: number, last: number): Promise<readonly TemplateEvent[]> {
    return (await this.#read(templateStream(templateId), first, last)).map(toTemplateEvent);
  }

  /** At most a thousand events, by revision. */
  async webhookEvents(webhookId: WebhookId, first: number, last: number): Promise<readonly WebhookEvent[]> {
    return (await this.#read(webhookStream(webhookId), first, last)).map(toWebhookEvent);
  }

  /** The manifest of a published version. @throws Refusal VERSION_INVALID, NOT_FOUND. */
  async manifest(templateId: TemplateId, label: string): Promise<Manifest> {
    const key = `${templateId} ${label}`;
    const cached = this.#kept.get(key);
    if (cached) return cached;
    const manifest = manifestOf(await this.version(templateId, label));
    this.#kept.set(key, manifest);
    return manifest;
  }

  /** A published version, whatever its spelling. @throws Refusal VERSION_INVALID, NOT_FOUND. */
  async version(templateId: TemplateId, label: string): Promise<Release> {
    const { state } = await this.template(templateId);
    const release = findVersion(state, requireVersion(label));
    if (release) return release;
    throw new Refusal('NOT_FOUND', `template "${state.name}" has no published version ${label}`, { templateId, version: label });
  }

  /** The position of the last event about a release so far. */
  async lastOfRelease(templateId: TemplateId, releaseId: ReleaseId): Promise<Position> {
    for (let from = (await this.loadTemplate(templateId)).revision; from >= 0; from -= PAGE) {
      const page = await this.store.readStream(templateStream(templateId), { from, direction: 'backwards', limit: PAGE });
      const last = page.find(({ data }) => data['releaseId'] === releaseId);
      if (last) return last.position;
    }
    throw new CorruptLogError(`template ${templateId} has no release ${releaseId}`);
  }

  /** One fold for all revisions. */
  async #statesAt(appId: AppId, revisions: readonly number[]): Promise<AppState[]> {
    const stream = appStream(appId);
    const states: AppState[] = [];
    let state: AppState | undefined;
    let next = 0;
    for (const revision of revisions) {
      for (; next <= revision; next = Math.min(next + PAGE, revision + 1)) {
        state = evolveApp(state, readable(await this.#read(stream, next, revision)).map(toAppEvent));
      }
      if (!state) throw new CorruptLogError(`there was no app ${appId} at revision ${revision}`);
      states.push(state);
    }
    return states;
  }

  async #view(state: AppState): Promise<AppView> {
    const manifests = new Map<InstallationId, Manifests>();
    for (const installation of state.installations.values()) {
      manifests.set(installation.installationId, await this.#manifests(installation));
    }
    return viewApp(state, manifests);
  }

  async #manifests(installation: Installation): Promise<Manifests> {
    const manifests = new Map<string, Manifest>();
    for (const version of versionsOf(installation)) manifests.set(version, await this.manifest(installation.templateId, version));
    return manifests;
  }

  async #load<State>(
    stream: StreamName,
    cache: LRUCache<StreamName, Loaded<State>>,
    evolve: (before: State | undefined, events: readonly RecordedEvent[]) => State | undefined,
  ): Promise<Loaded<State>> {
    let loaded = cache.get(stream) ?? { state: undefined, revision: -1, position: BEFORE_FIRST, commands: new Map(), team: undefined };
    const { commands } = loaded;
    for (;;) {
      const events = await this.#read(stream, loaded.revision + 1);
      const last = events.at(-1);
      if (last) {
        rememberCommands(commands, events, this.runtime.now());
        const state = evolve(loaded.state, readable(events));
        const team = loaded.team ?? teamIn(events);
        loaded = { state, revision: last.revision, position: last.position, commands, team };
      }
      if (events.length < PAGE) break;
    }
    cache.set(stream, loaded);
    return loaded;
  }

  /** A page of a stream, from a revision on, at the most to another. */
  #read(stream: StreamName, from: number, to = Infinity): Promise<readonly RecordedEvent[]> {
    return this.store.readStream(stream, { from, limit: Math.min(to - from + 1, PAGE) });
  }
}

/** @throws Refusal NOT_FOUND. */
export function requireTemplate(templateId: TemplateId, loaded: Loaded<TemplateState>): Found<TemplateState> {
  const { state } = loaded;
  if (!state) throw noTemplate(templateId);
  return { ...loaded, state };
}

export function subjectOfApp(appId: AppId, { team }: Loaded<AppState>): Subject {
  return { team, missing: () => noApp(appId) };
}

export function subjectOfTemplate(templateId: TemplateId, { team, state }: Loaded<TemplateState>): Subject {
  return { team, visible: (principal) => state !== undefined && mayReadTemplate(principal, state), missing: () => noTemplate(templateId) };
}

export function subjectOfWebhook(webhookId: WebhookId, { team }: Loaded<WebhookState>): Subject {
  return { team, missing: () => noWebhook(webhookId) };
}

/** @throws Refusal NOT_FOUND. */
export function requireWebhook(webhookId: WebhookId, { state }: Loaded<WebhookState>): WebhookState {
  if (!state) throw noWebhook(webhookId);
  return state;
}

export function noWebhook(webhookId: string): Refusal {
  return new Refusal('NOT_FOUND', `there is no webhook ${webhookId}`, { webhookId });
}

function noApp(appId: AppId): Refusal {
  return new Refusal('NOT_FOUND', `there is no app ${appId}`, { appId });
}

export function noTemplate(templateId: TemplateId): Refusal {
  return new Refusal('NOT_FOUND', `there is no template ${templateId}`, { templateId });
}

/** The team of what is created among events of its stream: it never changes. */
function teamIn(events: readonly RecordedEvent[]): string | undefined {
  const created = events.find(({ type }) => type === 'AppCreated' || type === 'TemplateCreated' || type === 'WebhookRegistered');
  const team = created?.data['team'];
  return typeof team === 'string' ? team : undefined;
}

export function appStream(appId: AppId): StreamName {
  return `app-${appId}`;
}

export function templateStream(templateId: TemplateId): StreamName {
  return `template-${templateId}`;
}

export function webhookStream(webhookId: WebhookId): StreamName {
  return WEBHOOK_STREAM + webhookId;
}

/** Decoding checked it against its schema, so it is one. */
function toAppEvent({ type, data }: RecordedEvent): AppEvent {
  return { type, data } as { type: string; data: object } as AppEvent;
}

function toTemplateEvent({ type, data }: RecordedEvent): TemplateEvent {
  return { type, data } as { type: string; data: object } as TemplateEvent;
}

function toWebhookEvent({ type, data }: RecordedEvent): WebhookEvent {
  return { type, data } as { type: string; data: object } as WebhookEvent;
}
