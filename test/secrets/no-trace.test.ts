import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportLines } from '../../src/audit/export.js';
import { importLog } from '../../src/audit/import.js';
import { linesOf } from '../../src/audit/lines.js';
import { verifyLog } from '../../src/audit/verify.js';
import { startServer, type RegraftServer } from '../../src/server.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST } from '../../src/store/event-store.js';
import { ListeningApi, tracesOf } from '../support/listening-api.js';
import { Socket } from '../support/socket.js';

const quiet = (): void => undefined;
const MESSAGES = 'event { type data stream } position';
const COMPONENTS = `components { id key digest env { name value secret generated generateGroup description }
  configFiles { path content secret mode } localChanges { path secret before after } extra }`;
const PLAN = `fingerprint conflicts { path base local target result secret } appFields { path }
  components { key action fields { path base local target result secret outcome } } problems { message }`;

/** Values that are told to the server and must not come out of it, but by revealSecret. */
const secrets: Record<string, string> = {};
function secret(name: string): string {
  return (secrets[name] ??= `${name}-${randomBytes(12).toString('hex')}`);
}

describe('after a story with secrets', () => {
  let dataDir: string;
  let server: RegraftServer;
  let api: ListeningApi;
  let log = '';
  /** What subscribers were sent. */
  let sent = '';
  /** Of the data folder, while the server runs and after it stopped. */
  const files: { name: string; bytes: Buffer }[] = [];

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'regraft-secrets-'));
    const lines = new Writable({
      write(chunk: Buffer, _encoding, done) {
        log += chunk.toString();
        done();
      },
    });
    server = await startServer({ host: '127.0.0.1', port: 0, dataDir, logLevel: 'trace' }, { logger: pino({ level: 'trace' }, lines) });
    api = new ListeningApi(server.url);
    await tellStory(api);
    sent = await followAll(server.url);
    keepFiles();
    await server.close();
    keepFiles();
  }, 60_000);
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  function keepFiles(): void {
    for (const name of readdirSync(dataDir)) files.push({ name, bytes: readFileSync(join(dataDir, name)) });
  }

  function tracesIn(text: string | Buffer): string[] {
    return Object.entries(secrets).flatMap(([name, value]) => tracesOf(value).flatMap((trace) => (text.includes(trace) ? [name] : [])));
  }

  it('there were secrets of every kind, and generated ones', () => {
    expect(Object.keys(secrets).length).toBeGreaterThan(15);
    expect(Object.keys(secrets)).toEqual(expect.arrayContaining(['generated DB_PASSWORD', 'generated ADMIN', 'generated LATER']));
  });

  it('no answer holds one', () => {
    expect(api.heard.length).toBeGreaterThan(40);
    for (const answer of api.heard) expect(tracesIn(answer), answer).toEqual([]);
  });

  it('no event that a subscriber is sent does, and ciphertexts are masked', () => {
    expect(tracesIn(sent)).toEqual([]);
    const events = sent.split('\n').map((line) => (JSON.parse(line) as { event: { type: string; data: object } | null }).event);
    const sealed = events.filter((event) => event?.type === 'ValueBound' || event?.type.startsWith('DataKey'));
    expect(new Set(sealed.map((event) => event?.type))).toEqual(new Set(['ValueBound', 'DataKeyCreated']));
    for (const event of sealed) {
      const { ciphertext, wrapped, nonce, mac } = event?.data as Record<string, string>;
      expect([ciphertext ?? wrapped, nonce, mac ?? '***']).toEqual(['***', '***', '***']);
    }
  });

  it('no line of the log of the server does', () => {
    expect(log).not.toBe('');
    expect(tracesIn(log)).toEqual([]);
  });

  it('no file of the data folder does', () => {
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['log.db', 'log.db-wal', 'read-model-1.db', 'secret.key']));
    for (const { name, bytes } of files) expect(tracesIn(bytes), name).toEqual([]);
  });

  it('an export does not either, and is imported and verified all the same', async () => {
    const store = openEmbeddedStore({ path: join(dataDir, 'log.db'), readOnly: true });
    const text = (await Array.fromAsync(exportLines(store, BEFORE_FIRST, quiet))).join('');
    expect(tracesIn(text)).toEqual([]);
    expect(text).toContain('"ciphertext"');
    const copy = openEmbeddedStore({ path: ':memory:' });
    await importLog(copy, linesOf(Readable.from([text])), quiet);
    expect(await verifyLog(copy, quiet)).toMatchObject({ broken: null });
    await Promise.all([store.close(), copy.close()]);
  });
});

async function tellStory(api: ListeningApi): Promise<void> {
  const add = async (appId: string, component: object, more: object = {}): Promise<string> =>
    (await api.mutate('addComponent', 'AddComponentInput', { appId, component, ...more }, `component { id } app { ${COMPONENTS} }`))
      .component.id as string;
  const update = (appId: string, componentId: string, set: object, more: object = {}): Promise<unknown> =>
    api.mutate('updateComponent', 'UpdateComponentInput', { appId, componentId, set, ...more }, `app { ${COMPONENTS} }`);
  const publish = async (input: object): Promise<string> =>
    (
      await api.mutate(
        'publishTemplate',
        'PublishTemplateInput',
        input,
        'template { id } release { syncRecords { differences { path before after secret } error } }',
      )
    ).template.id as string;

  // A source app with components of its own.
  const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'source' }, 'app { id }');
  const source = app.id as string;
  const dbInput = {
    key: 'db',
    image: 'postgres:16',
    env: [
      { name: 'ROOT', value: secret('own'), secret: true, description: 'of the superuser' },
      { name: 'DB_PASSWORD', generate: true, generateGroup: 'db', secret: true },
      { name: 'OPEN' },
    ],
    configFiles: [{ path: '/run/key', content: `begin\n${secret('own file')}\nend\n`, secret: true, mode: '0400' }],
  };
  const db = await add(source, dbInput, { commandId: 'add-db' });
  expect(await add(source, dbInput, { commandId: 'add-db' })).toBe(db);
  const web = await add(source, {
    key: 'web',
    image: 'web:1',
    env: [
      { name: 'ADMIN', generate: true },
      { name: 'PW', generate: true, generateGroup: 'db' },
    ],
  });
  await update(source, db, { env: [{ name: 'ROOT', value: secret('own, changed') }] }, { commandId: 'change' });
  await update(source, db, { env: [{ name: 'ROOT', value: secret('own, changed') }] }, { commandId: 'change' });
  await update(source, db, { configFiles: [{ path: '/run/key', content: secret('own file, changed') }] });

  // Refusals, with secrets in what is refused.
  const inputs: [string, string, object][] = [
    [
      'addComponent',
      'AddComponentInput',
      { appId: source, component: { key: 'db', env: [{ name: 'X', value: secret('key taken'), secret: true }] } },
    ],
    [
      'addComponent',
      'AddComponentInput',
      { appId: source, component: { key: 'x', env: [{ name: 'X', value: secret('generated, too'), generate: true }] } },
    ],
    ['addComponent', 'AddComponentInput', { appId: source, component: { key: 'x', env: [{ name: 'X', value: [secret('list')] }] } }],
    ['addComponent', 'AddComponentInput', { appId: source, component: { key: 'x', env: [{ name: 'X', secret: secret('flag') }] } }],
    ['addComponent', 'AddComponentInput', { appId: source, component: { key: 'x', env: [{ name: 'X', valu: secret('misspelt') }] } }],
    ['addComponent', 'AddComponentInput', { appId: source, component: { key: 'x', env: secret('no list') } }],
    ['addComponent', 'AddComponentInput', { appId: source, component: { key: 'x', probes: [{ kind: secret('enum') }] } }],
    ['addComponent', 'AddComponentInput', { appId: source, component: { key: 'x', replicas: secret('int') } }],
    [
      'addComponent',
      'AddComponentInput',
      { appId: source, commandId: 'add-db', component: { ...dbInput, env: [{ name: 'ROOT', value: secret('reused id'), secret: true }] } },
    ],
    [
      'updateComponent',
      'UpdateComponentInput',
      { appId: source, componentId: db, set: { env: [{ name: 'ROOT', value: `${secret('too long')}${'x'.repeat(300_000)}` }] } },
    ],
    [
      'updateComponent',
      'UpdateComponentInput',
      { appId: source, componentId: db, set: { env: [{ name: 'ROOT', value: `${secret('NUL')}\u0000` }] } },
    ],
    [
      'updateComponent',
      'UpdateComponentInput',
      { appId: source, componentId: db, expectedRevision: 0, set: { env: [{ name: 'ROOT', value: secret('stale') }] } },
    ],
    [
      'updateComponent',
      'UpdateComponentInput',
      { appId: source, componentId: 'none', set: { env: [{ name: 'ROOT', value: secret('nowhere'), secret: true }] } },
    ],
    ['revealSecret', 'RevealSecretInput', { appId: source, componentId: db, name: 'OPEN', reason: 'it is not secret' }],
  ];
  for (const [mutation, type, input] of inputs) expect((await api.refuse(mutation, type, input)).message).not.toBe('');
  const literal = (text: string): Promise<unknown> =>
    api.refusal(`mutation { addComponent(input: { appId: "${source}", component: { key: "x", env: [${text}] } }) { position } }`);
  await literal(`{ name: "X", valu: "${secret('literal, misspelt')}" }`);
  await literal(`{ name: "X", secret: "${secret('literal, flag')}" }`);
  await literal(`"${secret('literal, no object')}"`);
  await literal(`{ name: "X" "${secret('literal, syntax')}" }`);
  await literal(`{ name: "X", value: """ ${secret('literal, block')} """ """ ${secret('literal, block')} """ }`);

  // Published, installed with values, imported over.
  const templateId = await publish({ appId: source, name: 'shop', version: '1.0' });
  const version = `id openValues { componentKey name path secret description } components { key env { name value secret } configFiles { path content secret } }`;
  await api.ask(`query ($id: ID!) { template(id: $id) { versions { edges { node { ${version} } } } } }`, { id: templateId });
  const value = (componentKey: string, name: string, given: string): object => ({ componentKey, name, value: given });
  const values = [
    value('db', 'ROOT', secret('install')),
    value('db', '/run/key', secret('install file')),
    value('db', 'OPEN', 'in the clear'),
  ];
  const install = { templateId, appName: 'mine', values, commandId: 'install' };
  const INSTALLED = `app { id ${COMPONENTS} } installation { id missingValues { name } } missingValues { name }`;
  const installed = await api.mutate('installTemplate', 'InstallTemplateInput', install, INSTALLED);
  expect(await api.mutate('installTemplate', 'InstallTemplateInput', install, INSTALLED)).toEqual(installed);
  await api.refuse('installTemplate', 'InstallTemplateInput', {
    ...install,
    values: [value('db', 'NONE', secret('no such variable'))],
    commandId: 'other',
  });
  await api.refuse('installTemplate', 'InstallTemplateInput', { ...install, values: [value('db', 'ROOT', secret('reused'))] });
  const mine = installed.app.id as string;
  const componentOf = (key: string): string => installed.app.components.find((each: { key: string }) => each.key === key).id as string;
  await update(mine, componentOf('web'), {
    env: [
      { name: 'EXTRA', value: secret('local'), secret: true },
      { name: 'ADMIN', value: secret('local, given') },
    ],
  });

  // Upgraded: a variable that becomes secret, one that is new, a component that goes and comes back.
  await update(source, web, {
    image: 'web:2',
    env: [
      { name: 'LATER', generate: true, generateGroup: 'later' },
      { name: 'NEW', secret: true },
    ],
  });
  await add(source, { key: 'cache', env: [{ name: 'TOKEN', secret: true, value: secret('cache') }] });
  const preview = 'comparison { components { key fields { path before after secret } } } suggestedVersion';
  await api.ask(`query ($appId: ID!, $templateId: ID!) { publishPreview(appId: $appId, templateId: $templateId) { ${preview} } }`, {
    appId: source,
    templateId,
  });
  await publish({ appId: source, templateId, version: '1.1' });
  await api.ask(
    'query ($id: ID!) { compareVersions(templateId: $id, from: "1.0", to: "1.1") { components { key fields { path before after secret risk { message } } } } }',
    { id: templateId },
  );
  await api.ask(`query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1") { ${PLAN} } }`, { id: mine });
  const resolution = { componentKey: 'web', path: '/env/NEW', choice: 'VALUE', value: secret('resolution') };
  await api.refuse('upgradeApp', 'UpgradeAppInput', { appId: mine, toVersion: '1.1', resolutions: [resolution] });
  await api.mutate(
    'upgradeApp',
    'UpgradeAppInput',
    { appId: mine, toVersion: '1.1', commandId: 'up' },
    `app { ${COMPONENTS} } installation { missingValues { componentKey name } } upgrade { components { key fields { path base local target result secret } } }`,
  );
  await api.mutate('removeComponent', 'RemoveComponentInput', { appId: source, componentId: db }, 'app { id }');

  // A Compose file with a value for what is secret in the app.
  const compose = (environment: string): object => ({
    appId: source,
    files: [{ content: `services: { web: { image: 'web:3', environment: { ${environment} } } }` }],
  });
  const IMPORTED = `app { ${COMPONENTS} } changes { key fields { path before after secret } } warnings { code message }`;
  await update(source, web, { env: [{ name: 'NEW', value: secret('before the import') }] });
  for (const more of [{ dryRun: true }, { commandId: 'import' }, { commandId: 'import' }]) {
    await api.mutate('importCompose', 'ImportComposeInput', { ...compose(`NEW: ${secret('imported')}, ADMIN: `), ...more }, IMPORTED);
  }

  // Revealed: what was generated is to be found nowhere else, too.
  const reveal = async (appId: string, componentId: string, name: string): Promise<string> => {
    const before = api.heard.length;
    const answer = await api.mutate(
      'revealSecret',
      'RevealSecretInput',
      { appId, componentId, name, reason: 'for the test' },
      'value path position',
    );
    api.heard.splice(before, 1);
    return answer.value as string;
  };
  expect(await reveal(mine, componentOf('db'), 'ROOT')).toBe(secret('install'));
  expect(await reveal(mine, componentOf('db'), '/run/key')).toBe(secret('install file'));
  expect(await reveal(source, web, 'NEW')).toBe(secret('imported'));
  expect(await reveal(source, db, 'ROOT')).toBe(secret('own, changed'));
  secrets['generated DB_PASSWORD'] = await reveal(mine, componentOf('db'), 'DB_PASSWORD');
  secrets['generated ADMIN'] = await reveal(source, web, 'ADMIN');
  secrets['generated LATER'] = await reveal(mine, componentOf('web'), 'LATER');

  await api.ask(
    `{ apps { edges { node { name ${COMPONENTS} installations { id missingValues { name } upgradeRecords { edges { node { components { fields { path base local } } } } } } } } } }`,
  );
  await api.ask('{ history(first: 100) { edges { node { type data commandId } } } }');
  await api.ask(
    '{ history(first: 100, filter: { types: ["ValueBound", "SecretRevealed", "DataKeyCreated"] }) { edges { node { type data } } } }',
  );
}

/** Every event as a subscriber is sent it: a message a line. */
async function followAll(url: string): Promise<string> {
  const socket = await Socket.open(url);
  socket.subscribe('s', `subscription { events(from: BEGINNING) { ${MESSAGES} caughtUp } }`);
  const lines: string[] = [];
  for (let caughtUp = false; !caughtUp;) {
    const { payload } = await socket.next(({ type }) => type === 'next');
    const { events } = (payload as { data: { events: { caughtUp: boolean } } }).data;
    lines.push(JSON.stringify(events));
    caughtUp = events.caughtUp;
  }
  socket.terminate();
  return lines.join('\n');
}
