/** What somebody may do in a team. What a permission covers: docs/access.md. */
export type Permission =
  /** Apps, templates and their events, as they are and were. */
  | 'READ'
  /** Make and change apps, publish. */
  | 'DEVELOP'
  /** Install, upgrade, roll back. */
  | 'OPERATE'
  /** Check the log, prove it, take it away. */
  | 'AUDIT'
  /** Tokens, webhooks, the server itself; see secrets. */
  | 'ADMINISTER';

export const ROLES = ['VIEWER', 'DEVELOPER', 'OPERATOR', 'AUDITOR', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

const PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  VIEWER: ['READ'],
  DEVELOPER: ['READ', 'DEVELOP'],
  OPERATOR: ['READ', 'OPERATE'],
  AUDITOR: ['READ', 'AUDIT'],
  ADMIN: ['READ', 'DEVELOP', 'OPERATE', 'AUDIT', 'ADMINISTER'],
};

/** A role over named teams, or over all that are and will be. */
export interface Grant {
  readonly role: Role;
  readonly teams: 'ALL' | readonly string[];
}

/** Who asks, and what they were given. */
export interface Principal {
  readonly actor: { readonly id: string; readonly kind: 'USER' | 'SERVICE' | 'ANONYMOUS' };
  readonly grants: readonly Grant[];
}

/** Whoever asks a server that access is not configured for: everybody may do everything. */
export const LOCAL: Principal = { actor: { id: 'local', kind: 'ANONYMOUS' }, grants: [{ role: 'ADMIN', teams: 'ALL' }] };

/** Whether a permission is given in a team; without a team, whether it is in any. */
export function may({ grants }: Principal, permission: Permission, team?: string): boolean {
  return grants.some(
    ({ role, teams }) =>
      PERMISSIONS[role].includes(permission) && (teams === 'ALL' || (team === undefined ? teams.length > 0 : teams.includes(team))),
  );
}

/** Whether a permission is given in each of some teams: over all, only where it is given over all. */
export function mayInAll(principal: Principal, permission: Permission, teams: Grant['teams']): boolean {
  const given = teamsOf(principal, permission);
  return given === 'ALL' || (teams !== 'ALL' && teams.every((team) => given.includes(team)));
}

/** The teams in which a permission is given. */
export function teamsOf({ grants }: Principal, permission: Permission): 'ALL' | readonly string[] {
  const given = grants.filter(({ role }) => PERMISSIONS[role].includes(permission)).map(({ teams }) => teams);
  return given.includes('ALL') ? 'ALL' : [...new Set(given.flatMap((teams) => (teams === 'ALL' ? [] : teams)))];
}
