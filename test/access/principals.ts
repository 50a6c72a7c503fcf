import { ROLES, type Principal, type Role } from '../../src/domain/access/principal.js';

/** The team that the world of a test is of: that of those who name none. */
export const OWNERS = 'default';
/** Another team. */
export const OTHERS = 'others';

export function having(role: Role, ...teams: string[]): Principal {
  return { actor: { id: `${role} of ${teams.join(' and ')}`, kind: 'USER' }, grants: [{ role, teams }] };
}

export const OWN_ROLES: readonly (readonly [Role, Principal])[] = ROLES.map((role) => [role, having(role, OWNERS)]);
/** Somebody who may do everything, elsewhere. */
export const FOREIGNER = having('ADMIN', OTHERS);
