import type { AppEvent } from '../app/events.js';
import {
  installedComponentId,
  parseInstalledComponentId,
  type ComponentId,
  type Digest,
  type InstallationId,
  type TemplateComponentId,
  type TemplateId,
  type UpgradeId,
} from '../ids.js';
import type { Resolution } from '../upgrade/plan.js';
import type { Layer, Standing } from './standing.js';
import { contentIn, type Templates } from './template-settings.js';

type ComponentMapped = Extract<AppEvent, { type: 'ComponentMapped' }>['data'];

/** An event of the app, and where it is in the log. */
export interface Happened {
  readonly event: AppEvent;
  readonly position: number;
}

/** One event by which what is looked at became another, or was decided on. */
export interface Step extends Happened {
  readonly before: Standing;
  readonly after: Standing;
  /** The one layer that the event is about, before and after; undefined where it was not there. */
  readonly from: Layer | undefined;
  readonly to: Layer | undefined;
  /** What the component was in the template then; undefined for one of the app's own, and for app-level content. */
  readonly templateComponentId: TemplateComponentId | undefined;
  readonly upgrade: UpgradeStart | undefined;
}

/** An upgrade or a rollback, as the event that started it tells it. */
export interface UpgradeStart {
  readonly upgradeId: UpgradeId;
  readonly toVersion: string;
  /** Of a rollback. */
  readonly rollsBack?: UpgradeId;
  readonly resolutions: readonly Omit<Resolution, 'value'>[];
}

/** Whether an event may be a step of a component, by its id, or (undefined) of the app-level content; those that start upgrades are needed, too. */
export function concerns({ type, data }: AppEvent, componentId: ComponentId | undefined): boolean {
  if (startOf(data)) return true;
  if (type === 'TemplateInstalled' || type === 'TemplateUninstalled') {
    return componentId === undefined || parseInstalledComponentId(componentId)?.installationId === data.installationId;
  }
  if (componentId === undefined) return type === 'AppChanged' || (type === 'ComponentUpgraded' && !data.templateComponentId);
  if (type === 'ComponentMapped' && mappedTo(data) === componentId) return true;
  return 'componentId' in data && data.componentId === componentId;
}

/** The id that a component had at each event: another one before it was mapped to what it is. */
export function idsAlong(id: ComponentId, events: readonly Pick<Happened, 'event'>[]): ComponentId[] {
  let had = id;
  const newestFirst = events.toReversed().map(({ event: { type, data } }) => {
    const then = had;
    if (type === 'ComponentMapped' && mappedTo(data) === had) had = data.componentId;
    return then;
  });
  return newestFirst.reverse();
}

/**
 * The steps of a component, own or installed, oldest first, from before it was mapped, too. What an upgrade made of it is read off its own event:
 * other components may stand elsewhere.
 */
export function stepsOfComponent(id: ComponentId, events: readonly Happened[], templates: Templates): Step[] {
  const ids = idsAlong(id, events);
  const steps = new Steps();
  for (const [i, each] of events.entries()) {
    const { type, data } = each.event;
    const componentId = ids[i] ?? id;
    const installed = parseInstalledComponentId(componentId);
    steps.of(installed?.templateComponentId).note(each);
    if (!concerns(each.event, componentId)) continue;
    const [before] = steps.standing;
    if (type === 'ComponentMapped') steps.take(each, '', mappedTo(data) === componentId ? mappedLayer(data) : undefined);
    else if (type === 'ComponentAdded') steps.take(each, '', ownLayer(data.digest));
    else if (type === 'ComponentChanged') {
      steps.take(each, '', data.installationId ? before && { ...before, patch: data.patch ?? undefined } : ownLayer(data.digest));
    } else if (type === 'ComponentRemoved' || type === 'TemplateUninstalled') steps.take(each, '', undefined);
    else if (type === 'TemplateInstalled' && installed) {
      const base = contentIn(templates, data.templateId, data.version, installed.templateComponentId);
      const patch = data.keys.find(({ templateComponentId }) => templateComponentId === installed.templateComponentId)?.patch;
      steps.take(each, '', base && { base, patch, template: data });
    } else if (type === 'ComponentUpgraded') {
      const base = data.action === 'REMOVE' ? undefined : (data.target ?? data.base);
      const version = data.version ?? (data.target ? steps.upgrade(data.upgradeId)?.toVersion : before?.template?.version);
      const kept = data.action === 'KEEP';
      steps.take(each, '', base && { base, patch: data.targetPatch, kept, template: standingAt(data, version ?? '') });
    }
  }
  return steps.all;
}

/** The steps of the app-level content, oldest first: that of each installation, and over them the app's own. */
export function stepsOfAppContent(events: readonly Happened[], templates: Templates): Step[] {
  const steps = new Steps();
  for (const each of events) {
    const { type, data } = each.event;
    steps.note(each);
    if (type === 'TemplateInstalled') {
      const base = contentIn(templates, data.templateId, data.version, undefined);
      steps.take(each, data.installationId, base && { base, patch: undefined, template: data });
    } else if (type === 'TemplateUninstalled') steps.take(each, data.installationId, undefined);
    else if (type === 'AppChanged' && data.installationId) {
      const before = steps.layer(data.installationId);
      steps.take(each, data.installationId, before && { ...before, patch: data.patch ?? undefined });
    } else if (type === 'AppChanged' && data.content) steps.take(each, OWN, ownLayer(data.content));
    else if (type === 'ComponentUpgraded' && !data.templateComponentId) {
      const version = steps.upgrade(data.upgradeId)?.toVersion ?? '';
      const base = data.target ?? contentIn(templates, data.templateId, version, undefined);
      steps.take(each, data.installationId, base && { base, patch: data.targetPatch, template: standingAt(data, version) });
    }
  }
  return steps.all;
}

/** The layer of the app's own app-level content, which is over all others. */
const OWN = 'own';

/** Folds layers, and keeps what they were before and after each event. */
class Steps {
  readonly all: Step[] = [];
  readonly #layers = new Map<string, Layer>();
  readonly #upgrades = new Map<string, UpgradeStart>();
  #templateComponentId: TemplateComponentId | undefined;

  get standing(): Standing {
    return [...[...this.#layers].filter(([name]) => name !== OWN), ...[...this.#layers].filter(([name]) => name === OWN)].map(
      ([, layer]) => layer,
    );
  }

  layer(name: string): Layer | undefined {
    return this.#layers.get(name);
  }

  upgrade(id: UpgradeId): UpgradeStart | undefined {
    return this.#upgrades.get(id);
  }

  /** What the component is in the template from here on. */
  of(templateComponentId: TemplateComponentId | undefined): this {
    this.#templateComponentId = templateComponentId;
    return this;
  }

  note({ event: { data } }: Happened): void {
    const start = startOf(data);
    if (start && !this.#upgrades.has(start.upgradeId)) this.#upgrades.set(start.upgradeId, start);
  }

  take(happened: Happened, name: string, to: Layer | undefined): void {
    const before = this.standing;
    const from = this.#layers.get(name);
    if (to) this.#layers.set(name, to);
    else this.#layers.delete(name);
    const { data } = happened.event;
    const upgrade = 'upgradeId' in data ? this.#upgrades.get(data.upgradeId) : undefined;
    const templateComponentId = this.#templateComponentId;
    this.all.push({ ...happened, before, after: this.standing, from, to, templateComponentId, upgrade });
  }
}

function startOf(data: AppEvent['data']): UpgradeStart | undefined {
  return 'resolutions' in data ? data : undefined;
}

/** The id that a component has from then on. */
export function mappedTo({ installationId, templateComponentId }: ComponentMapped): ComponentId {
  return installedComponentId(installationId, templateComponentId);
}

function mappedLayer(data: ComponentMapped): Layer {
  const { base, patch, version, apart, mapped } = data;
  return { base, patch, kept: apart === true, template: mapped ? undefined : standingAt(data, version) };
}

function ownLayer(base: Digest): Layer {
  return { base, patch: undefined, template: undefined };
}

function standingAt(
  { templateId, installationId }: { readonly templateId: TemplateId; readonly installationId: InstallationId },
  version: string,
): Layer['template'] {
  return { templateId, installationId, version };
}
