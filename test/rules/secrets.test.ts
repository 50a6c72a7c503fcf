import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST } from '../../src/store/event-store.js';
import { ListeningApi, tracesOf } from '../support/listening-api.js';
import { World, world } from './world.js';

describe('rule 13: secrets', () => {
  const store = openEmbeddedStore({ path: ':memory:' });
  const w = world({ store });
  const traces = (text: string, ...values: readonly string[]): string[] =>
    values.filter((value) => tracesOf(value).some((t) => text.includes(t)));

  it('a value is in its binding alone, as ciphertext: in no answer, event, plan, difference, export or error; publishing carries that it is secret', async () => {
    const values = ['source', 'install', 'edited', 'refused'].map((name) => `${name}-${randomBytes(12).toString('hex')}`);
    const [ofSource = '', ofInstall = '', edited = '', refused = ''] = values;
    const api = new ListeningApi(w().api.url);
    const told = new World(api);
    const ENV = 'components { id key digest env { name value secret } localChanges { path before after secret } }';

    const { app: source } = await told.do('createApp', { name: 'source' }, 'app { id }');
    const password = (value: string): object => ({ env: [{ name: 'PASSWORD', value, secret: true }] });
    const db = { key: 'db', image: 'db:1', ...password(ofSource) };
    const { component } = await told.do('addComponent', { appId: source.id, component: db }, `app { ${ENV} } component { id }`);
    const publishing = { appId: source.id, name: 'shop', version: '1.0' };
    const PUBLISHED = 'template { id version(version: "1.0") { openValues { name secret } components { env { name value secret } } } }';
    const { template } = await told.do('publishTemplate', publishing, PUBLISHED);
    expect(template.version).toEqual({
      openValues: [{ name: 'PASSWORD', secret: true }],
      components: [{ env: [{ name: 'PASSWORD', value: null, secret: true }] }],
    });

    const given = { componentKey: 'db', name: 'PASSWORD', value: ofInstall };
    const install = { templateId: template.id as string, appName: 'mine', values: [given] };
    const { app } = await told.do('installTemplate', install, `app { id ${ENV} } missingValues { name }`);
    const [mine] = app.components;
    expect(mine).toMatchObject({ env: [{ name: 'PASSWORD', value: null, secret: true }], localChanges: [] });
    const edit = { appId: app.id, componentId: mine.id };
    const { app: after } = await told.do('updateComponent', { ...edit, set: password(edited) }, `app { ${ENV} }`);
    expect(after.components[0].digest).toBe(mine.digest);
    await told.refused('addComponent', { appId: app.id, component: { key: 'db', ...password(refused) } });

    await told.do('updateComponent', { appId: source.id, componentId: component.id, set: { image: 'db:2' } });
    await told.do('publishTemplate', { appId: source.id, templateId: template.id, version: '1.1' });
    const FIELDS = 'fields { path base local target result secret }';
    await told.ask(
      `query ($a: ID!, $t: ID!) {
      upgradePlan(appId: $a, toVersion: "1.1") { fingerprint components { ${FIELDS} } }
      compareVersions(templateId: $t, from: "1.0", to: "1.1") { components { fields { path before after } } }
      desiredState(appId: $a) { compose digest } blame(appId: $a, componentKey: "db", path: "/env/PASSWORD") { value secret } }`,
      {
        a: app.id,
        t: template.id,
      },
    );
    await told.upgrade(
      { appId: app.id as string, installationId: '', ids: {} },
      '1.1',
      {},
      `app { ${ENV} } upgrade { components { ${FIELDS} } }`,
    );
    const bound = await told.history({ appId: app.id, types: ['ValueBound'] });
    expect(bound).toHaveLength(2);
    for (const { data } of bound) expect(data).toMatchObject({ path: '/env/PASSWORD', ciphertext: '***', nonce: '***', mac: '***' });

    expect(api.heard.length).toBeGreaterThan(10);
    for (const answer of api.heard) expect(traces(answer, ...values), answer).toEqual([]);
    const recorded = await store.readAll({ after: BEFORE_FIRST });
    expect(recorded.filter(({ type }) => type === 'ValueBound')).toHaveLength(3);
    expect(traces(JSON.stringify(recorded), ...values)).toEqual([]);

    // It is still there for who asks for it on the record, over the upgrade.
    const revealing = { ...edit, name: 'PASSWORD', reason: 'to log in' };
    expect((await w().do('revealSecret', revealing, 'value')).value).toBe(edited);
    expect((await w().history({ appId: app.id, types: ['SecretRevealed'] }))[0].data).toMatchObject({ reason: 'to log in' });
  });

  it('two values are equal or not without being told: the same one again changes nothing', async () => {
    const { app } = await w().do('createApp', { name: 'equal' }, 'app { id }');
    const env = (value: string): object => ({ env: [{ name: 'PASSWORD', value, secret: true }] });
    const { component } = await w().do('addComponent', { appId: app.id, component: { key: 'db', ...env('one') } }, 'component { id }');
    const bound = async (): Promise<number> => (await w().history({ appId: app.id, types: ['ValueBound'] })).length;
    const set = (value: string): Promise<unknown> =>
      w().do('updateComponent', { appId: app.id, componentId: component.id, set: env(value) });
    await set('one');
    expect(await bound()).toBe(1);
    await set('two');
    expect(await bound()).toBe(2);
  });
});
