import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL, type Principal } from '../../src/domain/access/principal.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { ApiNode } from '../support/nodes.js';

let store: EventStore;
let node: ApiNode;

beforeAll(async () => {
  store = openEmbeddedStore({ path: ':memory:' });
  node = await ApiNode.open(store);
});
afterAll(async () => {
  await node.close();
  await store.close();
});

const me = (principal: Principal) => node.askAs(principal, '{ me { actor { id kind } grants { role teams allTeams } } }');

it('somebody with several grants is told each, with the teams it is over', async () => {
  const principal: Principal = {
    actor: { id: 'bot/1', kind: 'SERVICE' },
    grants: [
      { role: 'DEVELOPER', teams: ['shop', 'web'] },
      { role: 'VIEWER', teams: 'ALL' },
    ],
  };
  expect((await me(principal)).data).toEqual({
    me: {
      actor: { id: 'bot/1', kind: 'SERVICE' },
      grants: [
        { role: 'DEVELOPER', teams: ['shop', 'web'], allTeams: false },
        { role: 'VIEWER', teams: [], allTeams: true },
      ],
    },
  });
});

it('on an open server everybody is told that they are local, ADMIN over all teams', async () => {
  expect((await me(LOCAL)).data).toEqual({
    me: { actor: { id: 'local', kind: 'ANONYMOUS' }, grants: [{ role: 'ADMIN', teams: [], allTeams: true }] },
  });
});

it('somebody without any grant is refused', async () => {
  const answer = await me({ actor: { id: 'nobody', kind: 'USER' }, grants: [] });
  expect(answer.errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
});
