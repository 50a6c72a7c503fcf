import { describe, expect, it } from 'vitest';
import { changeApp } from '../../src/domain/app/decide.js';
import { at, edit, expire, remove, report, retry, runOf, settle, standing } from './external.js';
import { appId, installationId, installed, Scenario, upgradeId } from './scenario.js';
import { after, failed, started } from './external-shop.js';

describe('a lease that runs out', () => {
  it('makes the outcome unknown, neither success nor failure: not before its end, and once', () => {
    const scenario = after(started(), report('web'));
    scenario.when(expire(at(899))).then();
    scenario.when(expire(at(900))).then(['UpgradeOutcomeUnknown', { leaseUntil: at(900) }]);
    scenario.when(expire(at(901))).then();
    expect(runOf(scenario).status).toBe('UNKNOWN');
    expect(standing(scenario)).toEqual({ version: '1.0', pending: [] });
    scenario.when(edit(installed('web'), { replicas: 2 })).thenRefuses('UPGRADE_RUNNING', { state: 'UNKNOWN' });
  });

  const unknown = (): Scenario => after(started(), report('web'), failed('db'), expire(at(900)));

  it('is settled by later reports, as if it were running', () => {
    const scenario = after(unknown(), report('redis', 'COMPLETED', { now: at(2000) }));
    expect(runOf(scenario)).toMatchObject({ status: 'RUNNING', leaseUntil: at(2900) });
    scenario.when(report('cron')).then(['ComponentUpgraded'], ['AppPartlyUpgraded']);
  });

  it('lets what failed or was never reported be retried', () => {
    const scenario = unknown();
    scenario
      .when(retry(at(5000), 60))
      .then(['UpgradeRetried', { components: ['db', 'redis', 'cron'], leaseSeconds: 60, leaseUntil: at(5060) }]);
    after(scenario, report('cron'), report('db'), report('redis'));
    expect(standing(scenario)).toEqual({ version: '1.1', pending: [] });
  });

  it('is settled by somebody, who says of each component what became of it, and why', () => {
    const scenario = unknown();
    scenario
      .when(settle(undefined, { redis: 'COMPLETED' }))
      .thenRefuses('BAD_USER_INPUT', { path: 'outcome', componentId: installed('cron') });
    scenario.when(settle('FAILED', { web: 'FAILED' })).thenRefuses('BAD_USER_INPUT', { path: 'components' });
    scenario
      .when(settle('FAILED', { redis: 'COMPLETED' }, 'I looked'))
      .then(
        ['UpgradeSettled', { completed: ['redis'], failed: ['cron'], reason: 'I looked' }],
        ['ComponentUpgraded', { key: 'redis', message: 'I looked' }],
        ['ComponentUpgradeFailed', { key: 'cron', message: 'I looked' }],
        ['AppPartlyUpgraded'],
      );
    expect(standing(scenario)).toEqual({ version: '1.0', pending: ['UPDATE db', 'REMOVE cron'] });
    scenario.when(settle('COMPLETED')).thenRefuses('UPGRADE_OVER');
  });

  it('can be settled while it is still running, too', () => {
    const scenario = started();
    scenario.after(settle('COMPLETED'));
    expect(standing(scenario)).toEqual({ version: '1.1', pending: [] });
  });
});

describe('a retry', () => {
  const partly = (): Scenario => after(started(), report('web'), failed('db'), report('redis'), failed('cron'));

  it('does the failed components again, those alone, and shows what is desired of them', () => {
    const scenario = partly();
    scenario.when(retry(at(5000))).then(['UpgradeRetried', { components: ['db', 'cron'], leaseUntil: at(5900) }]);
    expect(Object.keys(scenario.components)).toEqual(['web', 'db', 'api', 'redis']);
    expect(scenario.components['db']?.image).toBe('db:2');
    after(scenario, report('cron'));
    scenario.when(report('db')).then(['ComponentUpgraded'], ['ComponentUpgraded', { key: '' }], ['AppUpgraded']);
  });

  it('of one that failed as a whole starts it anew', () => {
    const scenario = after(started(), failed('web'), failed('db'), failed('redis'), failed('cron'), retry());
    after(scenario, report('web'), report('db'), report('redis'));
    scenario.when(failed('cron')).then(['ComponentUpgradeFailed'], ['AppPartlyUpgraded']);
  });

  it('is refused while it is running, where nothing failed, and once another upgrade came after it', () => {
    started().when(retry()).thenRefuses('UPGRADE_RUNNING');
    after(started(), report('web'), report('db'), report('redis'), report('cron')).when(retry()).thenRefuses('UPGRADE_OVER');
    const overtaken = partly();
    overtaken.after(overtaken.upgrade('1.2', { upgradeId: 'later' as typeof upgradeId }));
    overtaken.when(retry()).thenRefuses('UPGRADE_OVER');
    const recorded = partly().given({ type: 'AppChanged', data: { appId, target: 'RECORD', set: [], unset: [] } });
    recorded
      .after(recorded.upgrade('1.2', { upgradeId: 'later' as typeof upgradeId }))
      .when(retry())
      .thenRefuses('UPGRADE_OVER');
  });

  it('is refused where what failed was edited since, so that no edit is lost', () => {
    const edited = partly().after(edit(installed('db'), { replicas: 2 }));
    edited.when(retry()).thenRefuses('PLAN_OUTDATED', { components: ['db'] });
    const removed = partly().after(remove(installed('cron')));
    removed.when(retry()).thenRefuses('PLAN_OUTDATED', { components: ['cron'] });
    const content = partly().after((view, contents) =>
      changeApp({ installationId, edit: { set: { extra: { mine: 1 } }, unset: [] } }, view, contents),
    );
    content.when(retry()).thenRefuses('PLAN_OUTDATED');
    edited.after(edited.upgrade('1.1'));
    for (const id of runOf(edited).steps.keys()) edited.after(report(id));
    expect(edited.components).toMatchObject({ db: { image: 'db:2', replicas: 2 } });
  });

  it('is refused where the key of what is to be added was taken since', () => {
    const scenario = after(started(), report('web'), report('db'), failed('redis'), report('cron')).added({ key: 'redis' });
    scenario.when(retry()).thenRefuses('PLAN_OUTDATED', { components: ['redis'] });
  });

  it('leaves what was done, and edited since, as it is', () => {
    const scenario = partly().after(edit(installed('web'), { replicas: 5 }));
    after(scenario, retry(), report('db'), report('cron'));
    expect(scenario.components).toMatchObject({ web: { image: 'web:2', replicas: 5 } });
    expect(standing(scenario).version).toBe('1.1');
  });
});
