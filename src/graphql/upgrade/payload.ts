import type { Position } from '../../store/event-store.js';
import { answered } from '../command.js';
import type { RequestContext } from '../context.js';
import { loadApp, loadInstallation, loadUpgrade } from '../nodes.js';

/** What every mutation of upgrades answers: the app, its installation, and the records that were made or moved. */
export function upgradePayload(context: RequestContext, upgradeIds: readonly string[], position: Position): Promise<object> {
  return answered(context, position, async () => {
    const upgrades = await Promise.all(upgradeIds.map((id) => loadUpgrade(context, id)));
    const last = upgrades.at(-1);
    if (!last) throw new Error('an upgrade without a record');
    return {
      app: await loadApp(context, last.appId),
      installation: await loadInstallation(context, last.installationId),
      upgrade: last,
      upgrades,
    };
  });
}
