import { readFileSync } from 'node:fs';
import { parseInstalledComponentId } from '../../src/domain/ids.js';
import type { Projection } from '../../src/projector/projection.js';
import { handle, type Handlers } from '../typed-event.js';

/** Which values are there, without the values. */
export const bindingsProjection: Projection = {
  name: 'bindings',
  readBack: true,
  version: 1,
  tables: readFileSync(new URL('./table.sql', import.meta.url), 'utf8'),
  apply(event, db) {
    handle(handlers, event, db);
  },
};

const handlers: Handlers = {
  ValueBound({ appId, componentId, path }, _event, db) {
    db.run(
      'INSERT INTO bindings (component_id, path, app_id, installation_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      componentId,
      path,
      appId,
      parseInstalledComponentId(componentId)?.installationId ?? null,
    );
  },
  AppDeleted({ appId }, _event, db) {
    db.run('DELETE FROM bindings WHERE app_id = ?', appId);
  },
};
