import { describe, expect, it } from 'vitest';
import { updateComponent } from '../../src/domain/app/decide.js';
import { manifestDigest } from '../../src/domain/template/manifest.js';
import { installationId, installed, Scenario, templateId, upgradeId } from './scenario.js';

const scenario = (): Scenario =>
  new Scenario()
    .version('1.0', { web: { image: 'a' }, db: { volumes: { '/data': { name: 'data' } } } })
    .version('1.1', { web: { image: 'b' }, db: { volumes: { '/data': { name: 'data' } } } })
    .version('2.0', { web: { image: 'b' } })
    .installed('1.0');
const editWeb = (set: Record<string, string>) => (view: Parameters<typeof updateComponent>[1], contents: Scenario['contents']) =>
  updateComponent({ componentId: installed('web'), edit: { set, unset: [] } }, view, contents);

describe('an upgrade', () => {
  it('is one append: its start, what became of each component, its end', () => {
    const before = scenario();
    const { fingerprint } = before.plan('1.1');
    const common = { upgradeId, installationId, templateId };
    const done = before
      .when(before.upgrade('1.1', { planFingerprint: fingerprint, reason: 'news' }))
      .then(
        [
          'UpgradeStarted',
          { ...common, fromVersion: '1.0', toVersion: '1.1', templateRevision: 2, fingerprint, policy: 'ASK', reason: 'news' },
        ],
        ['ComponentUpgraded', { ...common, componentId: installed('web'), key: 'web', action: 'UPDATE' }],
        ['AppUpgraded', { ...common, fromVersion: '1.0', toVersion: '1.1', manifest: manifestDigest(before.manifest('1.1')) }],
      );
    expect(done.view.state.installations.get(installationId)?.version).toBe('1.1');
  });

  it('records what was chosen, and no value that was given', () => {
    const before = scenario().after(editWeb({ image: 'c' }));
    const resolutions = [{ componentKey: 'web', path: '/image', choice: 'VALUE', value: 'd' }] as const;
    before
      .when(before.upgrade('1.1', { resolutions }))
      .then(
        ['UpgradeStarted', { resolutions: [{ componentKey: 'web', path: '/image', choice: 'VALUE' }] }],
        ['ComponentUpgraded'],
        ['AppUpgraded'],
      );
    expect(JSON.stringify(before.events)).not.toContain('"value"');
    expect(before.components['web']?.image).toBe('d');
  });

  it('is refused where conflicts are not settled', () => {
    const clash = scenario().after(editWeb({ image: 'c' }));
    clash.when(clash.upgrade('1.1')).thenRefuses('CONFLICTS_UNRESOLVED', { conflicts: [{ componentKey: 'web', path: '/image' }] });
  });

  it('that loses persistent data needs a yes', () => {
    const losing = scenario();
    losing
      .when(losing.upgrade('2.0'))
      .thenRefuses('DATA_LOSS_NOT_ACCEPTED', { volumes: [{ componentKey: 'db', path: '/volumes/~1data/kind' }] });
    losing
      .when(losing.upgrade('2.0', { acceptDataLoss: true }))
      .then(['UpgradeStarted', { acceptDataLoss: true }], ['ComponentUpgraded'], ['ComponentUpgraded'], ['AppUpgraded']);
    const kept = scenario();
    kept.after(kept.upgrade('2.0', { resolutions: [{ componentKey: 'db', path: '', choice: 'LOCAL' }] }));
    expect(Object.keys(kept.components)).toEqual(['web', 'db']);
  });

  it('moves the app-level content, and keeps its local changes', () => {
    const content = new Scenario().version('1.0', { web: {} }, { a: 1 }).version('1.1', { web: {} }, { a: 2 }).installed('1.0');
    content.when(content.upgrade('1.1')).then(['UpgradeStarted'], ['ComponentUpgraded', { key: '', action: 'UPDATE' }], ['AppUpgraded']);
  });
});

describe('the fingerprint of a plan', () => {
  const fingerprint = (of: Scenario, choosing = {}): string => of.plan('1.1', choosing).fingerprint;

  it('is the same for the same plan', () => void expect(fingerprint(scenario())).toBe(fingerprint(scenario())));

  it.each([
    ['a local change', fingerprint(scenario().after(editWeb({ title: 't' })))],
    ['a component beside it', fingerprint(scenario().added({ key: 'worker' }))],
    ['another target', scenario().plan('2.0').fingerprint],
    ['another policy', fingerprint(scenario(), { policy: 'PREFER_LOCAL' })],
    ['a resolution', fingerprint(scenario(), { resolutions: [{ componentKey: 'web', path: '/image', choice: 'LOCAL' }] })],
  ])('is another with %s', (_what, other) => {
    expect(other).not.toBe(fingerprint(scenario()));
  });

  it('refuses an upgrade once anything moved', () => {
    const planFingerprint = fingerprint(scenario());
    const moved = scenario().after(editWeb({ title: 't' }));
    moved.when(moved.upgrade('1.1', { planFingerprint })).thenRefuses('PLAN_OUTDATED', { expected: planFingerprint });
  });
});
