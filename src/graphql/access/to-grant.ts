import type { Grant as DomainGrant } from '../../domain/access/principal.js';
import type { Grant } from './me.types.js';

export function toGrant({ role, teams }: DomainGrant): Grant {
  return teams === 'ALL' ? { role, teams: [], allTeams: true } : { role, teams, allTeams: false };
}
