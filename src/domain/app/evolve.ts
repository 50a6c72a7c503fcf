import { parseInstalledComponentId, type ComponentId, type InstallationId, type TemplateComponentId, type UpgradeId } from '../ids.js';
import { startRun, withReport, withRetried, type RunReport, type UpgradeRun } from '../upgrade/running.js';
import { bindingKey, type Binding } from './bindings.js';
import type { AppEvent } from './events.js';
import { overrideAfter, setOverride, type Override } from './override.js';
import type { AppState, Hold, Installation, OwnComponent } from './state.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type DraftInstallation = Mutable<Omit<Installation, 'overrides' | 'holds'>> & {
  overrides: Map<TemplateComponentId, Override>;
  holds: Map<string, Hold>;
};
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
    ([id, installation]) =>
      [id, { ...installation, overrides: new Map(installation.overrides), holds: new Map(installation.holds) }] as const,
  );
  return { ...state, components: new Map(state.components), installations: new Map(installations), bindings: new Map(state.bindings) };
}

function apply(draft: Draft | undefined, event: AppEvent): Draft | undefined {
  if (event.type === 'AppCreated') {
    const { appId, name, team, target = 'RECORD' } = event.data;
    return { appId, name, team, target, content: undefined, components: new Map(), installations: new Map(), bindings: new Map() };
  }
  if (event.type === 'AppDeleted') return undefined;
  if (!draft) throw new Error(`${event.type} in the stream of an app that is not there`);
  change(draft, event);
  return draft;
}

function change(draft: Draft, event: Exclude<AppEvent, { type: 'AppCreated' | 'AppDeleted' }>): void {
  switch (event.type) {
    case 'AppChanged': {
      const { name, target, installationId, content, patch } = event.data;
      if (name !== undefined) draft.name = name;
      if (target !== undefined) draft.target = target;
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
    case 'ComponentMapped':
      mapComponent(draft, event.data);
      return;
    case 'TemplateInstalled': {
      const { installationId, templateId, version, keys } = event.data;
      const overrides = keys.map(({ templateComponentId, key, patch }) => [templateComponentId, { kind: 'changed', key, patch }] as const);
      draft.installations.set(installationId, {
        installationId,
        templateId,
        version,
        pendingVersion: undefined,
        contentPatch: undefined,
        overrides: new Map<TemplateComponentId, Override>(overrides),
        holds: new Map(),
        run: undefined,
      });
      return;
    }
    case 'UpgradeStarted': {
      const { installationId, external } = event.data;
      installationOf(draft, installationId).run = external && startRun(event.data, external);
      return;
    }
    case 'ComponentUpgraded':
      upgradeComponent(draft, event.data);
      changeRun(draft, event.data, (run) => reported(run, event.data, 'COMPLETED'));
      return;
    case 'ComponentUpgradeFailed':
      changeRun(draft, event.data, (run) => reported(run, event.data, 'FAILED'));
      return;
    case 'ComponentUpgradeProgressed':
      changeRun(draft, event.data, (run) => reported(run, event.data, 'RUNNING'));
      return;
    case 'AppUpgraded':
      completeUpgrade(installationOf(draft, event.data.installationId), event.data.toVersion);
      changeRun(draft, event.data, (run) => ({ ...run, status: 'ENDED' }));
      return;
    case 'AppPartlyUpgraded':
      installationOf(draft, event.data.installationId).pendingVersion = event.data.toVersion;
      changeRun(draft, event.data, (run) => ({ ...run, status: 'ENDED' }));
      return;
    case 'AppRolledBack':
      completeRollback(installationOf(draft, event.data.installationId), event.data);
      return;
    case 'HoldReleased':
      installationOf(draft, event.data.installationId).holds.delete(event.data.version);
      return;
    case 'TemplateUninstalled':
      draft.installations.delete(event.data.installationId);
      return;
    case 'ValueBound': {
      const { componentId, path, origin, group, keyId, ciphertext, nonce, mac } = event.data;
      const sealed = { keyId, ciphertext, nonce, mac };
      draft.bindings.set(bindingKey({ componentId, path }), { componentId, path, origin, ...(group !== undefined && { group }), sealed });
      return;
    }
    case 'RollbackStarted':
      installationOf(draft, event.data.installationId).run = undefined;
      return;
    case 'UpgradeFailed':
      changeRun(draft, event.data, (run) => ({ ...run, status: 'ENDED' }));
      return;
    case 'UpgradeOutcomeUnknown':
      changeRun(draft, event.data, (run) => ({ ...run, status: 'UNKNOWN' }));
      return;
    case 'UpgradeRetried':
      changeRun(draft, event.data, (run) => withRetried(run, event.data.components, event.data));
      return;
    // What `UpgradeSettled` says of each component, events of these say.
    case 'UpgradeSettled':
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
  if (before?.kind === 'kept' || before?.kind === 'ahead') overrides.set(id, { ...before, key, patch: patch ?? undefined });
  else if (patch) overrides.set(id, { kind: 'changed', key, patch });
  else overrides.delete(id);
}

function removeComponent(draft: Draft, { componentId, installationId }: DataOf<'ComponentRemoved'>): void {
  if (!installationId) {
    draft.components.delete(componentId);
    return;
  }
  const { overrides, pendingVersion } = installationOf(draft, installationId);
  const id = templateComponentIdOf(componentId);
  if (overrides.get(id)?.kind !== 'kept') overrides.set(id, { kind: 'excluded' });
  // The version of the installation may still have what a partial upgrade kept.
  else if (pendingVersion !== undefined) overrides.set(id, { kind: 'removed', version: pendingVersion });
  else overrides.delete(id);
}

function mapComponent(draft: Draft, data: DataOf<'ComponentMapped'>): void {
  const { componentId, installationId, from, templateComponentId: id, key, patch, base, version, apart, mapped } = data;
  removeComponent(draft, { appId: data.appId, componentId, key, ...(from && { installationId }) });
  const { overrides } = installationOf(draft, installationId);
  if (apart) overrides.set(id, { kind: 'kept', key, patch, base, version, ...(mapped && { mapped }) });
  else if (patch) overrides.set(id, { kind: 'changed', key, patch });
  else overrides.delete(id);
}

function upgradeComponent(draft: Draft, data: DataOf<'ComponentUpgraded'>): void {
  const installation = installationOf(draft, data.installationId);
  if (!data.templateComponentId) installation.contentPatch = data.targetPatch;
  else {
    const { overrides, version } = installation;
    setOverride(overrides, data.templateComponentId, overrideAfter(data, version, overrides.get(data.templateComponentId)));
  }
}

/** Changes the run that an event is of; nothing where nobody but the record carries the upgrade out. */
function changeRun(
  draft: Draft,
  { installationId, upgradeId }: { readonly installationId: InstallationId; readonly upgradeId: UpgradeId },
  change: (run: UpgradeRun) => UpgradeRun,
): void {
  const installation = installationOf(draft, installationId);
  if (installation.run?.upgradeId === upgradeId) installation.run = change(installation.run);
}

function reported(
  run: UpgradeRun,
  { templateComponentId, message, leaseUntil }: Pick<DataOf<'ComponentUpgraded'>, 'templateComponentId' | 'message' | 'leaseUntil'>,
  state: RunReport['state'],
): UpgradeRun {
  return templateComponentId ? withReport(run, templateComponentId, { state, message }, leaseUntil) : run;
}

/** No component is ahead of an installation any more, or removed before the others. */
function completeUpgrade(installation: DraftInstallation, version: string): void {
  installation.version = version;
  installation.pendingVersion = undefined;
  for (const [id, override] of installation.overrides) {
    if (override.kind === 'removed') installation.overrides.delete(id);
    if (override.kind === 'ahead') settle(installation, id, override);
  }
}

/** Components that stand at the version of the installation are not ahead of it; others may still be, as they were before. */
function completeRollback(installation: DraftInstallation, data: DataOf<'AppRolledBack'>): void {
  const { toVersion, pendingVersion, reason, held, released } = data;
  installation.version = toVersion;
  installation.pendingVersion = pendingVersion;
  for (const [id, override] of installation.overrides) {
    if (override.kind === 'ahead' && override.version === toVersion) settle(installation, id, override);
  }
  for (const version of released) installation.holds.delete(version);
  for (const version of held) installation.holds.set(version, { reason });
}

/** A component that is ahead of its installation stands with it. */
function settle({ overrides }: DraftInstallation, id: TemplateComponentId, { key, patch }: Extract<Override, { kind: 'ahead' }>): void {
  setOverride(overrides, id, patch && { kind: 'changed', key, patch });
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
