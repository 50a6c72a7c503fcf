import type { TemplateComponentId } from '../../src/domain/ids.js';
import { external, report } from './external.js';
import { Scenario } from './scenario.js';

/** 1.1 changes web and db, adds redis, drops cron, and leaves api as it is. */
export const shop = (): Scenario =>
  external(
    new Scenario()
      .version('1.0', { web: { image: 'web:1' }, db: { image: 'db:1' }, cron: {}, api: {} }, { networks: 1 })
      .version('1.1', { web: { image: 'web:2' }, db: { image: 'db:2' }, api: {}, redis: {} }, { networks: 2 })
      .version('1.2', { web: { image: 'web:3' }, db: { image: 'db:2' }, api: {}, redis: {} }, { networks: 2 })
      .installed('1.0'),
  );
export const started = (scenario = shop()): Scenario => scenario.after(scenario.upgrade('1.1'));
export const only = (...ids: readonly string[]): ReadonlySet<TemplateComponentId> => new Set(ids as TemplateComponentId[]);
export const after = (scenario: Scenario, ...reports: readonly ReturnType<typeof report>[]): Scenario => {
  for (const each of reports) scenario.after(each);
  return scenario;
};
export const failed = (id: string): ReturnType<typeof report> => report(id, 'FAILED', { message: 'no' });
