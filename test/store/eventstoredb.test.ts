import { describe, it } from 'vitest';
import { silentLogger } from '../../src/logger.js';
import { openEventStoreDb } from '../../src/store/eventstoredb/open.js';
import { TestEventStoreDb } from '../support/eventstoredb/server.js';
import { describeEventStore } from './contract.js';

const logger = silentLogger;

describeEventStore('EventStoreDB, over loopback', async () => {
  const server = await TestEventStoreDb.start();
  const store = await openEventStoreDb({ url: server.url, logger });
  return {
    store,
    reopen: async () => {
      await store.close();
      return openEventStoreDb({ url: server.url, logger });
    },
    dropFollowers: () => server.dropSubscriptions(),
    destroy: async () => {
      await store.close();
      server.stop();
    },
  };
});

const url = process.env['EVENTSTORE_URL'];
if (url) {
  describeEventStore('EventStoreDB, the server of EVENTSTORE_URL', async () => {
    const store = await openEventStoreDb({ url, logger });
    return {
      store,
      reopen: async () => {
        await store.close();
        return openEventStoreDb({ url, logger });
      },
      destroy: () => store.close(),
    };
  });
} else {
  describe('an event store: EventStoreDB, the server of EVENTSTORE_URL', () => {
    it.skip('is not tested: EVENTSTORE_URL is not set', () => undefined);
  });
}
