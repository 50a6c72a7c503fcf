import { may, teamsOf, type Permission, type Principal } from '../domain/access/principal.js';
import { Refusal } from '../domain/errors.js';
import type { TemplateState } from '../domain/template/state.js';

/** What a command is allowed by: who asks, and the permission that its mutation (or query) takes in the team of what it is about. */
export interface Access {
  readonly principal: Principal;
  readonly permission: Permission;
}

/** A stream's subject, as a command finds it in the log. */
export interface Subject {
  /** That it belongs to; undefined where there never was one. */
  readonly team: string | undefined;
  /** Whether it is shown beyond its team: to whom, `visible` says. */
  readonly visible?: ((principal: Principal) => boolean) | undefined;
  readonly missing: () => Refusal;
}

/**
 * Lets a command pass whose permission is given in the team of its subject. Without an access, it is the server's own: it may all. What is not
 * there at all passes too: the decision says what that means.
 * @throws Refusal NOT_FOUND, in the words of what is not there, where the principal may not even read it; FORBIDDEN where they may.
 */
export function requireAccess(access: Access | undefined, { team, visible, missing }: Subject): void {
  if (!access || team === undefined || may(access.principal, access.permission, team)) return;
  if (!may(access.principal, 'READ', team) && !visible?.(access.principal)) throw missing();
  throw forbidden(access, team);
}

/** Lets something new be made in a team. @throws Refusal FORBIDDEN. */
export function requireTeam(access: Access | undefined, team: string): void {
  if (access && !may(access.principal, access.permission, team)) throw forbidden(access, team);
}

/** Of those who name none. */
export const DEFAULT_TEAM = 'default';

/**
 * The team of something new: the one that is named; else the usual one, where it is allowed there; else the only one where it is allowed.
 * @throws Refusal FORBIDDEN; BAD_USER_INPUT where there are several.
 */
export function teamOfNew(access: Access | undefined, named: string | undefined, usual: string): string {
  if (named !== undefined) {
    requireTeam(access, named);
    return named;
  }
  if (!access || may(access.principal, access.permission, usual)) return usual;
  const teams = teamsOf(access.principal, access.permission);
  const [only, ...others] = teams === 'ALL' ? [usual] : teams;
  if (only === undefined) throw forbidden(access, usual);
  if (others.length === 0) return only;
  throw new Refusal('BAD_USER_INPUT', `team: say in which team, you may in ${[only, ...others].join(', ')}`, { path: 'team' });
}

/** For what concerns the server as a whole. @throws Refusal FORBIDDEN. */
export function requireOverAll(principal: Principal, permission: Permission): void {
  if (teamsOf(principal, permission) === 'ALL') return;
  throw new Refusal('FORBIDDEN', `this takes the permission ${permission} over all teams, which ${principal.actor.id} was not given`, {
    permission,
  });
}

/** Whether somebody may read a template without having it installed: in its team, or, where it is PUBLIC, in any. */
export function mayReadTemplate(principal: Principal, { team, visibility }: Pick<TemplateState, 'team' | 'visibility'>): boolean {
  return may(principal, 'READ', team) || (visibility === 'PUBLIC' && may(principal, 'READ'));
}

function forbidden({ principal, permission }: Access, team: string): Refusal {
  const message = `this takes the permission ${permission} in the team "${team}", which ${principal.actor.id} was not given`;
  return new Refusal('FORBIDDEN', message, { permission, team });
}
