import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { originOf, parseCheckpoints, signCheckpoint } from '../../src/audit/checkpoints/checkpoint.js';
import { parsePublicKey, SigningKey, type PublicKey } from '../../src/audit/checkpoints/signing-key.js';
import { ProofError, type ProofEvent, type UpgradeProof } from '../../src/audit/proof/upgrade-proof.js';
import { verifyUpgradeProof, type ProvenUpgrade } from '../../src/audit/proof/verify-proof.js';
import { FAILED, OK } from '../../src/cli/exit-code.js';
import { verifyProofCommand } from '../../src/cli/log/verify-proof.js';
import { hashOf } from '../../src/store/hash-chain.js';
import { desk } from '../cli/desk.js';
import { startTestServer } from '../support/server.js';

const ASKED = 'query ($id: ID!) { upgradeProof(upgradeId: $id) { upgradeId events document } }';

interface Asked {
  readonly upgradeId: string;
  readonly events: number;
  readonly document: UpgradeProof;
}

let upgrade: Asked;
let rollback: Asked;
let again: Asked;
let publicKey: string;
let keys: readonly PublicKey[];
let ids: { app: string; template: string; installation: string };
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'regraft-proof-'));
  const server = await startTestServer();
  const { api } = server;
  const { app: source } = await api.mutate('createApp', 'CreateAppInput', { name: 'source', team: 'makers' }, 'app { id }');
  const add = (key: string, env: object[] = []): Promise<unknown> =>
    api.mutate('addComponent', 'AddComponentInput', { appId: source.id, component: { key, image: `${key}:1`, env } }, 'component { id }');
  await add('web');
  const publish = (input: object) =>
    api.mutate('publishTemplate', 'PublishTemplateInput', { appId: source.id, ...input }, 'template { id }');
  const { template } = await publish({ name: 'shop', version: '1.0' });
  const { app, installation } = await api.mutate(
    'installTemplate',
    'InstallTemplateInput',
    { templateId: template.id, version: '1.0', appName: 'Shop "of" Berlin', team: 'runners' },
    'app { id } installation { id }',
  );
  await add('redis', [{ name: 'PASSWORD', generate: true }]);
  await add('worker');
  await publish({ templateId: template.id, version: '1.1' });
  const { upgrade: done } = await api.mutate(
    'upgradeApp',
    'UpgradeAppInput',
    { appId: app.id, toVersion: '1.1', reason: 'redis' },
    'upgrade { id }',
  );
  const { upgrade: undone } = await api.mutate(
    'rollbackUpgrade',
    'RollbackUpgradeInput',
    { appId: app.id, upgradeId: done.id },
    'upgrade { id }',
  );
  upgrade = (await api.ask(ASKED, { id: done.id })).upgradeProof;
  rollback = (await api.ask(ASKED, { id: undone.id })).upgradeProof;
  again = (await api.ask(ASKED, { id: done.id })).upgradeProof;
  publicKey = (await api.ask('{ checkpoint { publicKey } }')).checkpoint.publicKey;
  keys = [parsePublicKey(publicKey)!];
  ids = { app: app.id, template: template.id, installation: installation.id };
  await server.close();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verify = (document: unknown, given: readonly PublicKey[] = keys): ProvenUpgrade =>
  verifyUpgradeProof(JSON.stringify(document), given);
/** What is wrong with it. */
function problemOf(document: unknown, given: readonly PublicKey[] = keys): string {
  try {
    verify(document, given);
  } catch (error) {
    if (error instanceof ProofError) return error.message;
    throw error;
  }
  throw new Error('it was taken for a proof');
}

describe('a proof of an upgrade', () => {
  it('tells, without the server, who upgraded what, from where to where, when and why', () => {
    const { upgrade: told, ...proven } = verify(upgrade.document);
    expect(told).toMatchObject({
      kind: 'UPGRADE',
      app: { id: ids.app, name: 'Shop "of" Berlin', team: 'runners' },
      installationId: ids.installation,
      templateId: ids.template,
      fromVersion: '1.0',
      toVersion: '1.1',
      startedBy: { id: 'local', kind: 'ANONYMOUS' },
      reason: 'redis',
      outcome: 'COMPLETED',
      published: { version: '1.1', by: { id: 'local' } },
    });
    expect(told.components.map(({ key, action }) => `${key} ${action}`).sort()).toEqual(['redis ADD', 'worker ADD']);
    expect(told.startedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(proven).toMatchObject({ publicKey, keyIsKnown: true, events: upgrade.events });
  });

  it('tells of a rollback likewise', () => {
    expect(verify(rollback.document).upgrade).toMatchObject({
      kind: 'ROLLBACK',
      fromVersion: '1.1',
      toVersion: '1.0',
      outcome: 'ROLLED_BACK',
      published: { version: '1.0' },
    });
  });

  it('is the same when it is asked for again, but for a newer checkpoint', () => {
    const bare = ({ events }: UpgradeProof) => events.map(({ path: _path, ...event }) => event);
    expect(bare(again.document)).toEqual(bare(upgrade.document));
    expect(verify(again.document).upgrade).toEqual(verify(upgrade.document).upgrade);
  });

  it('has no secret, not even sealed', () => {
    expect(upgrade.document.events.map(({ type }) => type)).not.toContain('ValueBound');
    expect(JSON.stringify(upgrade.document)).not.toContain('ciphertext');
  });

  it('says how many events of the stream it does not have between its first and its last', () => {
    const { events, ...rest } = upgrade.document;
    const without = events.filter(({ type }, place) => type !== 'ComponentUpgraded' || place !== events.findIndex((e) => e.type === type));
    expect(verify({ ...rest, events: without }).upgrade.between).toBe(verify(upgrade.document).upgrade.between + 1);
  });
});

/** Every place of a JSON value. */
function placesIn(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [at, ...entries.flatMap(([key, inside]) => placesIn(inside, [...at, key]))];
}

/** A copy in which one place is another one, or (undefined) is not there. */
function changed(value: unknown, [key, ...rest]: readonly (string | number)[], change: (before: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[key] = changed(copy[key], rest, change);
  return copy;
}

function another(before: unknown): unknown {
  if (typeof before === 'string') return before === '' ? 'x' : `${before.startsWith('a') ? 'b' : 'a'}${before.slice(1)}`;
  if (typeof before === 'number') return before + 1;
  if (typeof before === 'boolean') return !before;
  if (Array.isArray(before)) return [...before, 'x'];
  return before === null ? 'x' : { ...before, another: 'x' };
}

describe('a proof that was changed', () => {
  it('is none, whatever was changed in it: every value, and every object and list with more in it', () => {
    const { document } = upgrade;
    const places = placesIn(document);
    expect(places.length).toBeGreaterThan(150);
    for (const at of places) expect([at, problemOf(changed(document, at, another))]).toEqual([at, expect.any(String)]);
  });

  it('is none, whichever field is left out', () => {
    const { document } = upgrade;
    for (const at of placesIn(document)) {
      if (typeof at.at(-1) !== 'string') continue;
      expect([at, problemOf(changed(document, at, () => undefined))]).toEqual([at, expect.any(String)]);
    }
  });

  it('is none with its events in another order, or one twice', () => {
    const { document } = upgrade;
    expect(problemOf({ ...document, events: document.events.toReversed() })).toContain('out of the order');
    expect(problemOf({ ...document, events: [...document.events, document.events.at(-1)] })).toContain('out of the order');
  });

  const edited = (place: number, change: (event: ProofEvent) => ProofEvent): UpgradeProof => {
    const { events, ...rest } = upgrade.document;
    return { ...rest, events: events.map((event, at) => (at === place ? change(event) : event)) };
  };
  const rehashed = (event: ProofEvent): ProofEvent => ({ ...event, hash: hashOf(event) });

  it.each<[string, RegExp, (event: ProofEvent) => ProofEvent]>([
    ['data', /data or metadata were changed/, (event) => ({ ...event, data: { ...event.data, toVersion: '6.6' } })],
    [
      'who did it',
      /data or metadata were changed/,
      (event) => ({ ...event, metadata: { ...event.metadata, actor: { id: 'x', kind: 'USER' } } }),
    ],
    [
      'data, and the hash with it',
      /of the \d+ that were signed/,
      (event) => rehashed({ ...event, data: { ...event.data, toVersion: '6.6' } }),
    ],
    ['when it was', /of the \d+ that were signed/, (event) => ({ ...event, recordedAt: '2020-01-01T00:00:00.000Z' })],
    ['its id', /of the \d+ that were signed/, (event) => ({ ...event, id: 'another' })],
    ['its place', /of the \d+ that were signed/, (event) => ({ ...event, index: event.index + 0.0 + 1 })],
    ['its stream', /of the \d+ that were signed/, (event) => ({ ...event, stream: 'app-another' })],
  ])('names the first event that is wrong: %s', (_what, problem, change) => {
    const place = upgrade.document.events.findIndex(({ type }) => type === 'UpgradeStarted');
    expect(problemOf(edited(place, change))).toMatch(problem);
    expect(problemOf(edited(place, change))).toContain(`events[${place}] (UpgradeStarted, revision`);
  });

  it('is none with the events of another upgrade, or the checkpoint of another log', () => {
    expect(problemOf({ ...upgrade.document, upgradeId: rollback.upgradeId })).toContain('of another upgrade');
    expect(problemOf({ ...rollback.document, events: upgrade.document.events })).toMatch(/of another upgrade|that were signed/);
    expect(problemOf({ ...upgrade.document, log: 'another' })).toContain('its log is another');
  });

  it('is none where it was signed anew by somebody else, and the key is known', () => {
    const forger = new SigningKey(generateKeyPairSync('ed25519').privateKey);
    const { log, checkpoint: note } = upgrade.document;
    const [checkpoint] = parseCheckpoints(note);
    const forged = {
      ...upgrade.document,
      checkpoint: signCheckpoint(checkpoint!, forger),
      publicKey: forger.publicKey.text(originOf(log)),
    };
    expect(problemOf(forged)).toContain('not the key that you gave');
    expect(verify(forged, [])).toMatchObject({ keyIsKnown: false });
    expect(problemOf({ ...forged, publicKey })).toContain('not signed by publicKey');
  });
});

describe('regraft verify-proof', () => {
  async function run(text: string, json = false, key = keys): Promise<{ code: number; out: string }> {
    const file = join(folder, 'proof.json');
    writeFileSync(file, text);
    // No server is asked.
    const at = desk('http://127.0.0.1:1');
    return { code: await verifyProofCommand(file, at.terminal, { json, key }), out: at.out() };
  }

  it('says in plain words what is proven', async () => {
    const { code, out } = await run(JSON.stringify(upgrade.document));
    expect(code).toBe(OK);
    expect(out).toContain(
      'Proven: "local" (ANONYMOUS) upgraded the app "Shop \\"of\\" Berlin" of the team "runners" from "1.0" to "1.1" at 20',
    );
    expect(out).toContain('component     "redis": ADD');
    expect(out).toContain('That is a key that you gave.');
  });

  it('says that the key is the own one of the file, where none is given', async () => {
    const { code, out } = await run(JSON.stringify(upgrade.document), false, []);
    expect(code).toBe(OK);
    expect(out).toContain('it is proven only if it is the one that you keep');
  });

  it('ends with 1 and the first thing that is wrong', async () => {
    const { code, out } = await run(JSON.stringify(upgrade.document).replaceAll('"redis"', '"mongo"'));
    expect(code).toBe(FAILED);
    expect(out).toMatch(/^Nothing is proven by .*proof\.json:\n {2}events\[\d+\] \(UpgradeStarted/);
  });

  it.each(['', 'no json', '{}', '[]', 'null', '{"format":"regraft/upgrade-proof/2"}'])(
    'ends with 1 for what is no proof: %j',
    async (text) => {
      const { code, out } = await run(text, true);
      expect(code).toBe(FAILED);
      expect(JSON.parse(out)).toMatchObject({ ok: false, problem: expect.stringMatching(/no JSON|no proof of an upgrade/) });
    },
  );

  it('gives the same as JSON', async () => {
    const { out } = await run(JSON.stringify(upgrade.document), true);
    expect(JSON.parse(out)).toMatchObject({ ok: true, upgrade: { toVersion: '1.1', reason: 'redis' }, keyIsKnown: true });
  });
});
