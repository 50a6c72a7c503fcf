import { expect, it } from 'vitest';
import { appEventSchemas } from '../../src/domain/app/events.js';
import { UPGRADE_EVENTS } from '../../src/graphql/history/subscribe.js';

it('upgradeEvents tells of every event that names an upgrade', () => {
  const naming = Object.entries(appEventSchemas).filter(([, { newest }]) => 'upgradeId' in newest.properties);
  expect([...UPGRADE_EVENTS].sort()).toEqual(naming.map(([type]) => type).sort());
});
