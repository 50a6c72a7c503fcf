import { describe, expect, it } from 'vitest';
import { updateComponent } from '../../src/domain/app/decide.js';
import type { JsonObject } from '../../src/domain/json.js';
import type { ConflictPolicy, Resolution } from '../../src/domain/upgrade/plan.js';
import type { Draft } from './contents.js';
import { installed, outcomesOf, planned, Scenario } from './scenario.js';

interface Local {
  readonly set?: JsonObject;
  readonly unset?: readonly string[];
}

/** An install of `base` with local changes, before it is taken to `target`. */
function moving(base: Draft, { set = {}, unset = [] }: Local, target: Draft): Scenario {
  const scenario = new Scenario().version('1.0', { web: base }).version('2.0', { web: target }).installed('1.0');
  return scenario.after((view, contents) => updateComponent({ componentId: installed('web'), edit: { set, unset } }, view, contents));
}

const port = { '80/tcp': { exposed: true, alias: 'www' } };
const http = { path: '/a', port: 80, scheme: 'HTTP' };

describe('a leaf', () => {
  it.each<[string, Draft, Local, Draft, Record<string, string>]>([
    ['that nobody changed is not told', { image: 'a' }, {}, { image: 'a', title: 't' }, { '/title': 'TAKE_TEMPLATE' }],
    ['that the install changed stays', { image: 'a' }, { set: { image: 'b' } }, { image: 'a' }, { '/image': 'KEEP_LOCAL' }],
    ['that the template changed is taken', { image: 'a' }, {}, { image: 'b' }, { '/image': 'TAKE_TEMPLATE' }],
    ['that both changed alike converges', { image: 'a' }, { set: { image: 'b' } }, { image: 'b' }, { '/image': 'CONVERGED' }],
    ['that both changed is a conflict', { image: 'a' }, { set: { image: 'b' } }, { image: 'c' }, { '/image': 'CONFLICT' }],
    ['that the install removed stays away', { env: { A: '1' } }, { unset: ['/env/A'] }, { env: { A: '1' } }, { '/env/A': 'KEEP_LOCAL' }],
    ['that the template removed goes', { env: { A: '1' } }, {}, {}, { '/env/A': 'TAKE_TEMPLATE' }],
    ['that both removed converges', { env: { A: '1' } }, { unset: ['/env/A'] }, {}, { '/env/A': 'CONVERGED' }],
    [
      'that one removed and the other changed is a conflict',
      { env: { A: '1' } },
      { unset: ['/env/A'] },
      { env: { A: '2' } },
      { '/env/A': 'CONFLICT' },
    ],
    [
      'changed here and removed there is a conflict',
      { env: { A: '1' } },
      { set: { env: { A: { value: '2' } } } },
      {},
      { '/env/A': 'CONFLICT' },
    ],
    ['that both added is a conflict', {}, { set: { labels: { a: '1' } } }, { labels: { a: '2' } }, { '/labels/a': 'CONFLICT' }],
    ['renamed on both sides is a conflict', {}, { set: { key: 'mine' } }, { key: 'theirs' }, { '/key': 'CONFLICT' }],
  ])('%s', (_rule, base, local, target, outcomes) => {
    expect(
      outcomesOf(planned(moving(base, local, target).plan('2.0'), typeof local.set?.['key'] === 'string' ? local.set['key'] : 'web')),
    ).toEqual(outcomes);
  });
});

describe('an entry', () => {
  it.each<[string, Draft, Local, Draft, Record<string, string>]>([
    ['a port', { ports: port }, { set: { ports: { '80/tcp': { alias: 'mine' } } } }, {}, { '/ports/80~1tcp': 'CONFLICT' }],
    [
      'a port, the other way round',
      { ports: port },
      { unset: ['/ports/80~1tcp'] },
      { ports: { '80/tcp': { exposed: false } } },
      { '/ports/80~1tcp': 'CONFLICT' },
    ],
    ['a volume', { volumes: { '/d': { size: '1G' } } }, { set: { volumes: { '/d': { size: '2G' } } } }, {}, { '/volumes/~1d': 'CONFLICT' }],
    [
      'a config file',
      { configFiles: { '/f': { content: 'a' } } },
      { set: { configFiles: { '/f': { content: 'b' } } } },
      {},
      { '/configFiles/~1f': 'CONFLICT' },
    ],
    [
      'a dependency',
      { dependsOn: { db: {} } },
      { set: { dependsOn: { db: { condition: 'service_healthy' } } } },
      {},
      { '/dependsOn/db': 'CONFLICT' },
    ],
    [
      'a probe',
      { probes: { startup: { tcpPort: 1 } } },
      { set: { probes: { startup: { retries: 2 } } } },
      {},
      { '/probes/startup': 'CONFLICT' },
    ],
  ])('%s that one side removed and the other changed is one conflict', (_what, base, local, target, outcomes) => {
    expect(outcomesOf(planned(moving(base, local, target).plan('2.0'), 'web'))).toEqual(outcomes);
  });

  it('that one side removed and the other left alone goes, told leaf by leaf', () => {
    expect(outcomesOf(planned(moving({ ports: port }, {}, {}).plan('2.0'), 'web'))).toEqual({
      '/ports/80~1tcp/alias': 'TAKE_TEMPLATE',
      '/ports/80~1tcp/exposed': 'TAKE_TEMPLATE',
    });
  });
});

describe('a probe whose way both sides changed', () => {
  const paths = (base: Draft, local: Local, target: Draft): string[] =>
    moving(base, local, target)
      .plan('2.0')
      .conflicts.map(({ path }) => path);

  it('is one conflict where the template replaces what the install changed', () => {
    const local = { set: { probes: { liveness: { http: { path: '/b' } } } } };
    const scenario = moving({ probes: { liveness: { http } } }, local, { probes: { liveness: { tcpPort: 80 } } });
    expect(scenario.plan('2.0').conflicts.map(({ path }) => path)).toEqual(['/probes/liveness']);
    for (const [policy, probe] of [
      ['PREFER_LOCAL', { http: { ...http, path: '/b' } }],
      ['PREFER_TEMPLATE', { tcpPort: 80 }],
    ] as const) {
      const settled = moving({ probes: { liveness: { http } } }, local, { probes: { liveness: { tcpPort: 80 } } });
      settled.after(settled.upgrade('2.0', { policy }));
      expect(settled.components['web']?.probes?.liveness).toEqual(probe);
    }
  });

  it('is one conflict where each takes another way', () => {
    const local = { set: { probes: { liveness: { tcpPort: 80 } } } };
    expect(paths({ probes: { liveness: { exec: ['x'] } } }, local, { probes: { liveness: { http } } })).toEqual(['/probes/liveness']);
    expect(paths({}, local, { probes: { liveness: { exec: ['x'] } } })).toEqual(['/probes/liveness']);
  });

  it('can be settled by a probe that is given', () => {
    const local = { set: { probes: { liveness: { tcpPort: 80 } } } };
    const scenario = moving({ probes: { liveness: { exec: ['x'] } } }, local, { probes: { liveness: { http } } });
    const value = { exec: ['y'], retries: 2 };
    const resolution: Resolution = { componentKey: 'web', path: '/probes/liveness', choice: 'VALUE', value };
    scenario.after(scenario.upgrade('2.0', { resolutions: [resolution] }));
    expect(scenario.components['web']?.probes?.liveness).toEqual(value);
  });
});

describe('a conflict', () => {
  const clash = (): Scenario => moving({ image: 'a', env: { A: '1' } }, { set: { image: 'b' } }, { image: 'c', env: { A: '2' } });
  const imageAfter = (resolutions: readonly Resolution[], policy: ConflictPolicy): string | undefined => {
    const scenario = clash();
    scenario.after(scenario.upgrade('2.0', { resolutions, policy }));
    return scenario.components['web']?.image;
  };
  const at = (choice: Resolution['choice'], value?: string): Resolution => ({ componentKey: 'web', path: '/image', choice, value });

  it.each([
    [[at('LOCAL')], 'ASK', 'b'],
    [[at('TEMPLATE')], 'ASK', 'c'],
    [[at('VALUE', 'd')], 'ASK', 'd'],
    [[], 'PREFER_LOCAL', 'b'],
    [[], 'PREFER_TEMPLATE', 'c'],
    [[at('TEMPLATE')], 'PREFER_LOCAL', 'c'],
  ] as const)('with %j and %s comes to the image %s', (resolutions, policy, image) => {
    expect(imageAfter(resolutions, policy)).toBe(image);
  });

  it('is not needed for a place to be settled by name', () => {
    const scenario = clash();
    const resolutions: Resolution[] = [{ componentKey: 'web', path: '/env/A', choice: 'LOCAL' }, at('LOCAL')];
    scenario.after(scenario.upgrade('2.0', { resolutions }));
    expect(scenario.components['web']).toMatchObject({ env: { A: '1' }, image: 'b' });
  });

  it('is not settled by what names nothing, is said twice, lacks its value, or is no definition', () => {
    const refused = (resolutions: readonly Resolution[]) => () => clash().plan('2.0', { resolutions });
    const code = expect.objectContaining({ code: 'BAD_USER_INPUT' });
    expect(refused([{ componentKey: 'web', path: '/title', choice: 'LOCAL' }])).toThrow(code);
    expect(refused([{ componentKey: 'db', path: '/image', choice: 'LOCAL' }])).toThrow(code);
    expect(refused([at('LOCAL'), at('TEMPLATE')])).toThrow(code);
    expect(refused([at('VALUE')])).toThrow(code);
    expect(refused([{ ...at('VALUE'), value: 7 }])).toThrow(code);
  });
});

describe('what cannot be settled by itself', () => {
  const settles = (scenario: Scenario, path: string): unknown => {
    try {
      return scenario.plan('2.0', { resolutions: [{ componentKey: 'web', path, choice: 'LOCAL' }] }).conflicts;
    } catch (error) {
      return error;
    }
  };
  const told = (settle: string, message: string): unknown =>
    expect.objectContaining({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(message),
      details: expect.objectContaining({ settle }),
    });

  it.each<[string, Draft, Local, Draft]>([
    ['goes', { ports: port }, {}, {}],
    ['goes from under a local change', { ports: port }, { set: { ports: { '80/tcp': { alias: 'mine' } } } }, {}],
    ['went here', { ports: port }, { unset: ['/ports/80~1tcp'] }, { ports: { '80/tcp': { exposed: true, alias: 'new' } } }],
  ])('is told with the entry that %s', (_what, base, local, target) => {
    const scenario = moving(base, local, target);
    expect(settles(scenario, '/ports/80~1tcp/alias')).toEqual(told('/ports/80~1tcp', 'settle what goes or stays as one'));
    expect(settles(scenario, '/ports/80~1tcp')).toEqual([]);
  });

  it('is told with the component that goes', () => {
    const scenario = new Scenario()
      .version('1.0', { web: { image: 'a' }, db: {} })
      .version('2.0', { db: {} })
      .installed('1.0');
    expect(settles(scenario, '/image')).toEqual(told('', 'settle the component as a whole'));
    expect(settles(scenario, '')).toEqual([]);
  });

  it('is told with nothing where the plan shows nothing of it', () => {
    const error = settles(moving({ image: 'a' }, {}, { image: 'b' }), '/env/A');
    expect(error).toMatchObject({
      message: expect.stringContaining('names nothing that the plan shows') as string,
      details: { path: '/env/A' },
    });
    expect(error).not.toHaveProperty('details.settle');
  });
});

describe('app-level content', () => {
  it('is merged like a component, and told with no component key', () => {
    const scenario = new Scenario()
      .version('1.0', { web: {} }, { networks: { a: 1, b: 1 } })
      .version('2.0', { web: {} }, { networks: { a: 2, b: 1 } })
      .installed('1.0');
    expect(scenario.plan('2.0').appFields).toMatchObject([{ componentKey: '', path: '/extra/networks/a', outcome: 'TAKE_TEMPLATE' }]);
  });
});
