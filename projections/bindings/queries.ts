import type { ComponentId } from '../../src/domain/ids.js';
import type { ReadModel } from '../../src/projector/projection.js';
import { list } from '../page.js';

export interface BindingRow {
  readonly componentId: ComponentId;
  readonly path: string;
  readonly installationId: string;
}

export function bindingsByInstallations(db: ReadModel, installationIds: readonly string[]): BindingRow[] {
  return db.all<BindingRow>(
    `SELECT component_id AS componentId, path, installation_id AS installationId FROM bindings
     WHERE installation_id IN (SELECT value FROM json_each(?))`,
    list(installationIds),
  );
}
