import type { AppView } from '../app/state.js';
import { manifestAt } from '../app/state.js';
import type { InstallationId } from '../ids.js';
import { casesOf, pendingOf } from './cases.js';
import type { PendingComponent } from './plan.js';
import { versionTarget } from './target.js';

/** What a partial upgrade has left to do on an installation; nothing where there was none, or it is complete. */
export function pendingIn(view: AppView, installationId: InstallationId): PendingComponent[] {
  const installation = view.state.installations.get(installationId);
  const version = installation?.pendingVersion;
  if (!installation || version === undefined) return [];
  const target = versionTarget(version, manifestAt(view, { installationId, version }));
  return casesOf(view, installation, target).flatMap((each) => pendingOf(each, version) ?? []);
}
