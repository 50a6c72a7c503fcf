import { handleAddComponent, handleChangeApp, handleCreateApp } from '../../src/commands/apps.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import { openBackend } from '../../src/backend.js';
import type { AppId } from '../../src/domain/ids.js';
import { silentLogger } from '../../src/logger.js';
import type { EventStore } from '../../src/store/event-store.js';
import { tester } from './backend.js';

/** Writes a small log through the whole backend: two apps with several events each, contents, a template. Leaves the store open. */
export async function writeStory(store: EventStore): Promise<{ shop: AppId; other: AppId }> {
  const keptOpen = new Proxy(store, { get: (target, name) => (name === 'close' ? () => Promise.resolve() : bound(target, name)) });
  const backend = await openBackend({ store: keptOpen, readModelPath: ':memory:', logger: silentLogger });
  const { services, releases } = backend;
  const { result: shop } = await handleCreateApp(services, tester, { name: 'Shop ☂ \u2028', team: 'makers' });
  const { result: other } = await handleCreateApp(services, tester, { name: 'Other', team: 'makers' });
  for (const key of ['web', 'db']) await handleAddComponent(services, tester, { appId: shop }, { key, image: `example/${key}:1` });
  for (const name of ['Second', 'Third']) {
    await handleChangeApp(services, tester, { appId: other }, { name, edit: { set: {}, unset: [] } });
  }
  const publish = { appId: shop, version: '1.0', identities: [], as: { name: 'shop' } };
  const { result } = await handlePublishTemplate(services, tester, publish);
  await releases.run(result, tester);
  await backend.close();
  return { shop, other };
}

function bound(target: EventStore, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  return typeof value === 'function' ? (...given: unknown[]): unknown => Reflect.apply(value, target, given) : value;
}
