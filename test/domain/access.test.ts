import { describe, expect, it } from 'vitest';
import { LOCAL, may, teamsOf, type Grant, type Principal } from '../../src/domain/access/principal.js';

const holding = (...grants: Grant[]): Principal => ({ actor: { id: 'ada', kind: 'USER' }, grants });

describe('what a principal may do', () => {
  it('everything everywhere, where access is not configured', () => {
    expect([may(LOCAL, 'ADMINISTER', 'blue'), teamsOf(LOCAL, 'READ')]).toEqual([true, 'ALL']);
  });

  it('what a role permits, in the teams that it was given for', () => {
    const ada = holding({ role: 'DEVELOPER', teams: ['blue'] });
    expect([may(ada, 'DEVELOP', 'blue'), may(ada, 'READ', 'blue')]).toEqual([true, true]);
    expect([may(ada, 'DEVELOP', 'red'), may(ada, 'OPERATE', 'blue'), may(ada, 'ADMINISTER')]).toEqual([false, false, false]);
  });

  it('what several roles permit together, each in its own teams', () => {
    const ada = holding(
      { role: 'VIEWER', teams: 'ALL' },
      { role: 'OPERATOR', teams: ['blue', 'red'] },
      { role: 'OPERATOR', teams: ['red'] },
    );
    expect([teamsOf(ada, 'READ'), teamsOf(ada, 'OPERATE'), teamsOf(ada, 'AUDIT')]).toEqual(['ALL', ['blue', 'red'], []]);
  });

  it('nothing, with a role over no team', () => {
    expect(may(holding({ role: 'ADMIN', teams: [] }), 'READ')).toBe(false);
  });
});
