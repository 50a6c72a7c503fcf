import { LRUCache } from 'lru-cache';
import { evolveApp } from '../domain/app/evolve.js';
import type { AppEvent } from '../domain/app/events.js';
import { viewApp, type AppState, type AppView } from '../domain/app/state.js';
import { Refusal } from '../domain/errors.js';
import type { AppId, InstallationId, TemplateId } from '../domain/ids.js';
import { evolveTemplate } from '../domain/template/evolve.js';
import type { TemplateEvent } from '../domain/template/events.js';
import type { Manifest } from '../domain/template/manifest.js';
import { findVersion, manifestOf, type Release, type TemplateState } from '../domain/template/state.js';
import { requireVersion } from '../domain/version.js';
import type { EventStore, RecordedEvent, StreamName } from '../store/event-store.js';
import { readable } from './readable.js';

export interface Loaded<State> {
  readonly state: State;
  readonly revision: number;
}

export interface LoadedApp extends Loaded<AppState> {
  readonly view: AppView;
}

interface Cached<State> {
  readonly state: State | undefined;
  readonly revision: number;
}

const PAGE = 1000;
const CACHED_STREAMS = 1000;
const CACHED_MANIFESTS = 200;

/** Apps and templates as the log tells them. States are kept, and brought up to date from where they stand: a read costs what is new. */
export class Aggregates {
  readonly #apps = new LRUCache<StreamName, Cached<AppState>>({ max: CACHED_STREAMS });
  readonly #templates = new LRUCache<StreamName, Cached<TemplateState>>({ max: CACHED_STREAMS });
  readonly #manifests = new LRUCache<string, Manifest>({ max: CACHED_MANIFESTS });

  constructor(private readonly store: EventStore) {}

  /** @throws Refusal NOT_FOUND. */
  async app(appId: AppId): Promise<LoadedApp> {
    const { state, revision } = await this.#load(appStream(appId), this.#apps, (before, events) =>
      evolveApp(before, events.map(toAppEvent)),
    );
    if (!state) throw new Refusal('NOT_FOUND', `there is no app ${appId}`, { appId });
    const manifests = new Map<InstallationId, Manifest>();
    for (const { installationId, templateId, version } of state.installations.values()) {
      manifests.set(installationId, await this.manifest(templateId, version));
    }
    return { state, revision, view: viewApp(state, manifests) };
  }

  /** @throws Refusal NOT_FOUND. */
  async template(templateId: TemplateId): Promise<Loaded<TemplateState>> {
    const { state, revision } = await this.#loadTemplate(templateId);
    if (!state) throw new Refusal('NOT_FOUND', `there is no template ${templateId}`, { templateId });
    return { state, revision };
  }

  async findTemplate(templateId: TemplateId): Promise<Loaded<TemplateState> | undefined> {
    const { state, revision } = await this.#loadTemplate(templateId);
    return state && { state, revision };
  }

  /** The manifest of a published version. @throws Refusal VERSION_INVALID, NOT_FOUND. */
  async manifest(templateId: TemplateId, label: string): Promise<Manifest> {
    const key = `${templateId} ${label}`;
    const cached = this.#manifests.get(key);
    if (cached) return cached;
    const manifest = manifestOf(await this.version(templateId, label));
    this.#manifests.set(key, manifest);
    return manifest;
  }

  /** A published version, whatever its spelling. @throws Refusal VERSION_INVALID, NOT_FOUND. */
  async version(templateId: TemplateId, label: string): Promise<Release> {
    const { state } = await this.template(templateId);
    const release = findVersion(state, requireVersion(label));
    if (release) return release;
    throw new Refusal('NOT_FOUND', `template "${state.name}" has no published version ${label}`, { templateId, version: label });
  }

  #loadTemplate(templateId: TemplateId): Promise<Cached<TemplateState>> {
    return this.#load(templateStream(templateId), this.#templates, (before, events) => evolveTemplate(before, events.map(toTemplateEvent)));
  }

  async #load<State>(
    stream: StreamName,
    cache: LRUCache<StreamName, Cached<State>>,
    evolve: (before: State | undefined, events: readonly RecordedEvent[]) => State | undefined,
  ): Promise<Cached<State>> {
    let cached = cache.get(stream) ?? { state: undefined, revision: -1 };
    for (;;) {
      const events = await this.store.readStream(stream, { from: cached.revision + 1, limit: PAGE });
      const last = events.at(-1);
      if (last) cached = { state: evolve(cached.state, readable(events)), revision: last.revision };
      if (events.length < PAGE) break;
    }
    cache.set(stream, cached);
    return cached;
  }
}

export function appStream(appId: AppId): StreamName {
  return `app-${appId}`;
}

export function templateStream(templateId: TemplateId): StreamName {
  return `template-${templateId}`;
}

/** Decoding checked it against its schema, so it is one. */
function toAppEvent({ type, data }: RecordedEvent): AppEvent {
  return { type, data } as { type: string; data: object } as AppEvent;
}

function toTemplateEvent({ type, data }: RecordedEvent): TemplateEvent {
  return { type, data } as { type: string; data: object } as TemplateEvent;
}
