import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { historyPage, unknownEvents } from '../../projections/history/queries.js';
import { appsByIds } from '../../projections/apps/queries.js';
import type { RunningBackend } from '../../src/backend.js';
import { handleAddComponent, handleChangeApp, handleCreateApp } from '../../src/commands/apps.js';
import type { AppId } from '../../src/domain/ids.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore, NewEvent } from '../../src/store/event-store.js';
import { newEvent } from '../store/contract.js';
import { openTestBackend, tester } from '../support/backend.js';

/** A newer release has written to the same log; this one reads on. */
describe('events of a newer release', () => {
  let raw: EventStore;
  let backend: RunningBackend;
  let appId: AppId;
  beforeEach(async () => {
    raw = openEmbeddedStore({ path: ':memory:' });
    backend = await openTestBackend({ store: raw });
    appId = (await handleCreateApp(backend.services, tester, { name: 'Shop', team: 't' })).result;
  });
  afterEach(() => backend.close());

  const caughtUp = async (): Promise<void> => {
    expect(await backend.readModels.waitFor(await raw.head(), { timeoutMs: 10_000 })).toBe(true);
  };
  const rename = (name: string) => handleChangeApp(backend.services, tester, { appId }, { name, edit: { set: {}, unset: [] } });
  const inVersion = (schemaVersion: number, event: NewEvent): NewEvent => ({ ...event, metadata: { ...event.metadata, schemaVersion } });

  it('of a type that is not known are shown in the history, counted once each, and stop nothing', async () => {
    await raw.append(`app-${appId}`, 0, [newEvent({ appId, at: 1 }, 'AppArchived'), newEvent({ appId }, 'AppArchived')]);
    await rename('Renamed');
    await caughtUp();
    const { rows } = backend.readModels.read((db) => historyPage(db, { appId }, 10));
    const shown = await backend.store.readAt(rows.map(({ position }) => position));
    expect(shown.map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
    expect(shown[1]).toMatchObject({ type: 'AppArchived', data: { appId, at: 1 }, unread: 'unknown-type' });
    expect(backend.readModels.read((db) => unknownEvents(db))).toEqual([{ type: 'AppArchived', schemaVersion: 1, events: 2 }]);
    expect(backend.readModels.read((db) => appsByIds(db, [appId]))).toMatchObject([{ name: 'Renamed' }]);
    expect(backend.readModels.status.projections.filter(({ stopped }) => stopped)).toEqual([]);
  });

  it('of a known type in a newer version are passed over by projections, and no command decides on their stream', async () => {
    await raw.append(`app-${appId}`, 0, [inVersion(2, newEvent({ appId, title: 'Renamed' }, 'AppChanged'))]);
    await caughtUp();
    expect(backend.readModels.read((db) => appsByIds(db, [appId]))).toMatchObject([{ name: 'Shop' }]);
    expect(backend.readModels.read((db) => unknownEvents(db))).toEqual([{ type: 'AppChanged', schemaVersion: 2, events: 1 }]);
    await expect(rename('Again')).rejects.toMatchObject({
      code: 'SERVER_OUTDATED',
      details: { stream: `app-${appId}`, type: 'AppChanged', schemaVersion: 2 },
    });
    await expect(handleAddComponent(backend.services, tester, { appId }, { key: 'web' })).rejects.toMatchObject({
      code: 'SERVER_OUTDATED',
    });
    expect(await raw.readStream(`app-${appId}`)).toHaveLength(2);
  });

  it('do not keep commands from other streams', async () => {
    await raw.append(`app-${appId}`, 0, [inVersion(2, newEvent({ appId }, 'AppChanged'))]);
    const { result } = await handleCreateApp(backend.services, tester, { name: 'Other', team: 't' });
    await handleAddComponent(backend.services, tester, { appId: result }, { key: 'web' });
    expect(await raw.readStream(`app-${result}`)).toHaveLength(2);
  });
});
