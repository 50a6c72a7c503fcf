import { parseInstalledComponentId, type ComponentId, type InstallationId, type TemplateComponentId } from '../ids.js';
import { bindingKey, type Binding } from './bindings.js';
import type { AppEvent } from './events.js';
import type { AppState, Installation, Override, OwnComponent } from './state.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type DraftInstallation = Mutable<Omit<Installation, 'overrides'>> & { overrides: Map<TemplateComponentId, Override> };
type Draft = Mutable<Omit<AppState, 'components' | 'installations' | 'bindings'>> & {
  components: Map<ComponentId, OwnComponent>;
  installations: Map<InstallationId, DraftInstallation>;
  bindings: Map<string, Binding>;
};

/**
 * Folds events over a state. The state given is left as it is: its maps are copied once for all events, so that a fold costs the size of the
 * state and the number of events, not their product.
 */
export function evolveApp(state: AppState | undefined, events: readonly AppEvent[]): AppState | undefined {
  let draft = state && copy(state);
  for (const event of events) draft = apply(draft, event);
  return draft;
}

function copy(state: AppState): Draft {
  const installations = [...state.installations].map(
    ([id, installation]) => [id, { ...installation, overrides: new Map(installation.overrides) }] as const,
  );
  return { ...state, components: new Map(state.components), installations: new Map(installations), bindings: new Map(state.bindings) };
}

function apply(draft: Draft | undefined, event: AppEvent): Draft | undefined {
  if (event.type === 'AppCreated') {
    const { appId, name, team } = event.data;
    return { appId, name, team, content: undefined, components: new Map(), installations: new Map(), bindings: new Map() };
  }
  if (event.type === 'AppDeleted') return undefined;
  if (!draft) throw new Error(`${event.type} in the stream of an app that is not there`);
  change(draft, event);
  return draft;
}

function change(draft: Draft, event: Exclude<AppEvent, { type: 'AppCreated' | 'AppDeleted' }>): void {
  switch (event.type) {
    case 'AppChanged': {
      const { name, installationId, content, patch } = event.data;
      if (name !== undefined) draft.name = name;
      if (installationId) installationOf(draft, installationId).contentPatch = patch ?? undefined;
      else if (content) draft.content = content;
      return;
    }
    case 'ComponentAdded': {
      const { componentId, key, digest } = event.data;
      draft.components.set(componentId, { componentId, key, digest });
      return;
    }
    case 'ComponentChanged':
      changeComponent(draft, event.data);
      return;
    case 'ComponentRemoved':
      removeComponent(draft, event.data);
      return;
    case 'TemplateInstalled': {
      const { installationId, templateId, version, keys } = event.data;
      const overrides = keys.map(({ templateComponentId, key, patch }) => [templateComponentId, { kind: 'changed', key, patch }] as const);
      draft.installations.set(installationId, {
        installationId,
        templateId,
        version,
        contentPatch: undefined,
        overrides: new Map<TemplateComponentId, Override>(overrides),
      });
      return;
    }
    case 'ComponentUpgraded':
      upgradeComponent(draft, event.data);
      return;
    case 'AppUpgraded':
      installationOf(draft, event.data.installationId).version = event.data.toVersion;
      return;
    case 'ValueBound': {
      const { componentId, path, origin, group, keyId, ciphertext, nonce, mac } = event.data;
      const sealed = { keyId, ciphertext, nonce, mac };
      draft.bindings.set(bindingKey({ componentId, path }), { componentId, path, origin, ...(group !== undefined && { group }), sealed });
      return;
    }
    case 'UpgradeStarted':
    case 'SecretRevealed':
    case 'AppUnchanged':
      return;
  }
}

type DataOf<Name extends AppEvent['type']> = Extract<AppEvent, { type: Name }>['data'];

function changeComponent(draft: Draft, { componentId, installationId, key, digest, patch }: DataOf<'ComponentChanged'>): void {
  if (!installationId) {
    draft.components.set(componentId, { componentId, key, digest });
    return;
  }
  const { overrides } = installationOf(draft, installationId);
  const id = templateComponentIdOf(componentId);
  const before = overrides.get(id);
  if (before?.kind === 'kept') overrides.set(id, { ...before, key, patch: patch ?? undefined });
  else if (patch) overrides.set(id, { kind: 'changed', key, patch });
  else overrides.delete(id);
}

function removeComponent(draft: Draft, { componentId, installationId }: DataOf<'ComponentRemoved'>): void {
  if (!installationId) {
    draft.components.delete(componentId);
    return;
  }
  const { overrides } = installationOf(draft, installationId);
  const id = templateComponentIdOf(componentId);
  if (overrides.get(id)?.kind === 'kept') overrides.delete(id);
  else overrides.set(id, { kind: 'excluded' });
}

function upgradeComponent(draft: Draft, data: DataOf<'ComponentUpgraded'>): void {
  const installation = installationOf(draft, data.installationId);
  const { templateComponentId: id, key, targetPatch, base } = data;
  if (!id) {
    installation.contentPatch = targetPatch;
    return;
  }
  if (data.action === 'KEEP') {
    if (!base) throw new Error('a component is kept without what it stands on');
    const before = installation.overrides.get(id);
    const version = before?.kind === 'kept' ? before.version : installation.version;
    installation.overrides.set(id, { kind: 'kept', key, patch: targetPatch, base, version });
  } else if (data.action === 'REMOVE' || !targetPatch) {
    installation.overrides.delete(id);
  } else {
    installation.overrides.set(id, { kind: 'changed', key, patch: targetPatch });
  }
}

function installationOf(draft: Draft, id: InstallationId): DraftInstallation {
  const installation = draft.installations.get(id);
  if (!installation) throw new Error(`no installation ${id} in app ${draft.appId}`);
  return installation;
}

function templateComponentIdOf(componentId: ComponentId): TemplateComponentId {
  const parsed = parseInstalledComponentId(componentId);
  if (!parsed) throw new Error(`${componentId} is not an installed component`);
  return parsed.templateComponentId;
}
