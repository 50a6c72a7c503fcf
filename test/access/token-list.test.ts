import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL, type Grant, type Principal } from '../../src/domain/access/principal.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { ApiNode } from '../support/nodes.js';
import { having } from './principals.js';
import { TokenDesk } from './token-desk.js';

let store: EventStore;
let node: ApiNode;
const secrets: string[] = [];

const TOKENS: Readonly<Record<string, readonly Grant[]>> = {
  'of-a': [{ role: 'VIEWER', teams: ['a'] }],
  'of-b': [{ role: 'VIEWER', teams: ['b'] }],
  'of-both': [{ role: 'VIEWER', teams: ['a', 'b'] }],
  'of-both-by-two': [
    { role: 'VIEWER', teams: ['a'] },
    { role: 'DEVELOPER', teams: ['b'] },
  ],
  'of-the-team-ALL': [{ role: 'VIEWER', teams: ['ALL'] }],
  'of-all-teams': [{ role: 'VIEWER', teams: 'ALL' }],
};

beforeAll(async () => {
  store = openEmbeddedStore({ path: ':memory:' });
  node = await ApiNode.open(store);
  const desk = new TokenDesk(store);
  for (const [name, grants] of Object.entries(TOKENS)) secrets.push((await desk.create({ name, grants })).secret);
  const { tokenId } = await desk.create({ name: 'revoked', grants: TOKENS['of-b'] ?? [] });
  await desk.revoke(tokenId);
  await node.backend.readModels.waitFor(await store.head(), { timeoutMs: 10_000 });
});
afterAll(async () => {
  await node.close();
  await store.close();
});

interface Listed {
  readonly totalCount: number;
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  readonly edges: readonly { readonly node: { readonly name: string; readonly revokedAt: string | null } }[];
}

const SOURCE = `query ($first: Int, $after: String) { tokens(first: $first, after: $after) {
  totalCount pageInfo { endCursor hasNextPage } edges { node { id name createdAt expiresAt revokedAt grants { role teams allTeams } } } } }`;

async function listed(principal: Principal, page: { first?: number; after?: string } = {}): Promise<Listed> {
  const { data, errors } = await node.askAs(principal, SOURCE, page);
  expect(errors).toBeUndefined();
  return data?.['tokens'] as Listed;
}

const namesIn = ({ edges }: Listed): string[] => edges.map((edge) => edge.node.name);

it.each([
  ['an ADMIN of a', having('ADMIN', 'a'), ['of-a']],
  ['an ADMIN of a and b', having('ADMIN', 'a', 'b'), ['of-a', 'of-b', 'of-both', 'of-both-by-two', 'revoked']],
  ['an ADMIN of the team ALL', having('ADMIN', 'ALL'), ['of-the-team-ALL']],
  ['an ADMIN of a team without any', having('ADMIN', 'c'), []],
  ['an ADMIN over all teams', LOCAL, [...Object.keys(TOKENS), 'revoked']],
] as const)('%s is shown the tokens all of whose teams they administer, and counts those', async (_who, principal, names) => {
  const list = await listed(principal);
  expect(namesIn(list)).toEqual(names);
  expect(list.totalCount).toBe(names.length);
});

it('where one administers a and only reads b, what is also over b is not shown', async () => {
  const { actor, grants } = having('ADMIN', 'a');
  expect(namesIn(await listed({ actor, grants: [...grants, { role: 'VIEWER', teams: ['b'] }] }))).toEqual(['of-a']);
});

it('pages hold each token once', async () => {
  const first = await listed(LOCAL, { first: 4 });
  const second = await listed(LOCAL, { first: 4, after: first.pageInfo.endCursor });
  expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  expect([...namesIn(first), ...namesIn(second)]).toEqual([...Object.keys(TOKENS), 'revoked']);
});

it('a revoked token says when, and no answer has a secret', async () => {
  const list = await listed(LOCAL);
  expect(list.edges.filter((edge) => edge.node.revokedAt !== null).map((edge) => edge.node.name)).toEqual(['revoked']);
  for (const secret of secrets) expect(JSON.stringify(list)).not.toContain(secret);
});
