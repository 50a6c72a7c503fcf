import type { ApiCaller } from './caller.js';
import { RefusedError } from '../errors.js';

/** What people call by its name: names of apps may be taken twice, those of templates once in a team. */
export interface Named {
  readonly id: string;
  readonly name: string;
  readonly team: string;
}

interface Page {
  readonly edges: readonly { readonly node: Named }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const KINDS = {
  app: {
    byId: 'query ($id: ID!) { found: app(id: $id) { id name team } }',
    byName:
      'query ($search: String!, $after: String) { page: apps(first: 100, search: $search, after: $after) { edges { node { id name team } } pageInfo { hasNextPage endCursor } } }',
  },
  template: {
    byId: 'query ($id: ID!) { found: template(id: $id) { id name team } }',
    byName:
      'query ($search: String!, $after: String) { page: templates(first: 100, search: $search, after: $after) { edges { node { id name team } } pageInfo { hasNextPage endCursor } } }',
  },
} as const;

export const NAME_QUERIES: readonly string[] = Object.values(KINDS).flatMap(({ byId, byName }) => [byId, byName]);

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const SHOWN = 10;

/**
 * The one that a text means: its id, its name, or `team/name`.
 * @throws RefusedError NOT_FOUND, NAME_AMBIGUOUS: with those that it may mean.
 */
export async function find(caller: ApiCaller, kind: keyof typeof KINDS, text: string): Promise<Named> {
  const { found, similar } = await search(caller, kind, text);
  if (found) return found;
  const like = similar.length > 0 ? `; these are like it:\n${list(similar)}` : '';
  throw new RefusedError('NOT_FOUND', `there is no ${kind} "${text}" that you may read${like}`);
}

/** Likewise; undefined where there is none. @throws RefusedError NAME_AMBIGUOUS. */
export async function findIfAny(caller: ApiCaller, kind: keyof typeof KINDS, text: string): Promise<Named | undefined> {
  return (await search(caller, kind, text)).found;
}

async function search(
  caller: ApiCaller,
  kind: keyof typeof KINDS,
  text: string,
): Promise<{ found?: Named | undefined; similar: readonly Named[] }> {
  if (ID.test(text)) {
    const { found } = await caller.ask<{ found: Named | null }>(KINDS[kind].byId, { id: text.toLowerCase() });
    return { found: found ?? undefined, similar: [] };
  }
  const similar = await all(caller, kind, text);
  const named = similar.filter(({ name }) => name === text);
  if (named.length > 0) return { found: theOnly(kind, text, named), similar };
  const [, team, name] = /^([^/]+)\/(.+)$/.exec(text) ?? [];
  if (team === undefined || name === undefined) return { similar };
  const ofTeam = (await all(caller, kind, name)).filter((each) => each.name === name && each.team === team);
  return { found: ofTeam.length > 0 ? theOnly(kind, text, ofTeam) : undefined, similar };
}

function theOnly(kind: string, text: string, candidates: readonly Named[]): Named | undefined {
  if (candidates.length > 1) {
    const message = `"${text}" names ${candidates.length} ${kind}s: say which, by its id or as team/name:\n${list(candidates)}`;
    throw new RefusedError('NAME_AMBIGUOUS', message, { candidates: candidates.slice(0, SHOWN) });
  }
  return candidates[0];
}

async function all(caller: ApiCaller, kind: keyof typeof KINDS, name: string): Promise<readonly Named[]> {
  const found: Named[] = [];
  let after: string | null = null;
  do {
    const { page }: { page: Page } = await caller.ask<{ page: Page }>(KINDS[kind].byName, { search: name, after });
    found.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return found;
}

function list(candidates: readonly Named[]): string {
  const lines = candidates.slice(0, SHOWN).map(({ id, team, name }) => `  ${id}  ${team}/${name}`);
  return [...lines, ...(candidates.length > SHOWN ? [`  and ${candidates.length - SHOWN} more`] : [])].join('\n');
}
