import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyLog } from '../../src/audit/verify.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import { chain } from '../../src/store/hash-chain.js';
import { newEvent } from './contract.js';

const STORE = fileURLToPath(new URL('../../dist/src/store/embedded/embedded-store.js', import.meta.url));

describe('reading the log file beside the process that writes it', () => {
  let folder: string;
  let path: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regraft-readers-'));
    path = join(folder, 'log.db');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows each commit as a whole, in order, while appends go on', async () => {
    const writer = openEmbeddedStore({ path });
    await writer.append('s-first', 'no_stream', chain([newEvent(), newEvent()], undefined).linked);
    const reader = openEmbeddedStore({ path, readOnly: true });
    expect(reader.logId).toBe(writer.logId);
    let writing = true;
    const appends = Array.from({ length: 4 }, async (_, w) => {
      for (let n = 0; writing; n++) await writer.append(`s-${w}-${n}`, 'no_stream', chain([newEvent(), newEvent()], undefined).linked);
    });
    for (let seen = 0; seen < 500;) {
      const { broken, events } = await verifyLog(reader, () => undefined);
      expect(broken).toBeNull();
      expect(events % 2, 'an append is seen whole').toBe(0);
      expect(events).toBeGreaterThanOrEqual(seen);
      seen = events;
      await new Promise((resolve) => setImmediate(resolve));
    }
    writing = false;
    await Promise.all(appends);
    await Promise.all([reader.close(), writer.close()]);
  });

  it('works beside another process, and after that was killed; then another may write', async () => {
    expect(existsSync(STORE), 'npm test builds first').toBe(true);
    const program = `
      const { openEmbeddedStore } = await import(${JSON.stringify(STORE)});
      const store = openEmbeddedStore({ path: ${JSON.stringify(path)} });
      const event = ${JSON.stringify(newEvent())};
      for (let n = 0; ; n++) {
        await store.append('s-' + n, 'no_stream', [event]);
        if (n === 100) process.stdout.write('ready');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');

    const reader = openEmbeddedStore({ path, readOnly: true });
    const beside = await reader.head();
    expect(beside).toBeGreaterThanOrEqual(100);
    expect(() => openEmbeddedStore({ path })).toThrow(/another process has .* open: stop it, or name another data folder/);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await verifyLog(reader, () => undefined)).broken).toBeNull();
    await reader.close();
    const late = openEmbeddedStore({ path, readOnly: true });
    expect(await late.head()).toBeGreaterThanOrEqual(beside);
    const writer = openEmbeddedStore({ path });
    await writer.append('s-after', 'no_stream', [newEvent()]);
    expect(await late.head()).toBe(await writer.head());
    await Promise.all([late.close(), writer.close()]);
  });

  it('refuses to write, and does not make a log where there is none', async () => {
    expect(() => openEmbeddedStore({ path, readOnly: true })).toThrow(/there is no log at/);
    expect(existsSync(path)).toBe(false);
    await openEmbeddedStore({ path }).close();
    const reader = openEmbeddedStore({ path, readOnly: true });
    await expect(reader.append('s-1', 'no_stream', [newEvent()])).rejects.toThrow(/read only/);
    await reader.close();
  });

  it('says that a folder cannot be written, whether there is a log in it or not', async ({ skip }) => {
    await asSomebodyWhoMayNotWrite(skip, () => {
      expect(() => openEmbeddedStore({ path })).toThrow(StoreUnavailableError);
      expect(() => openEmbeddedStore({ path })).toThrow(/this user may not write in it/);
      return Promise.resolve();
    });
    await openEmbeddedStore({ path }).close();
    await asSomebodyWhoMayNotWrite(skip, () => {
      expect(() => openEmbeddedStore({ path })).toThrow(/may not write in it|cannot be written/);
      return Promise.resolve();
    });
  });

  /** The superuser may write everywhere: as somebody else for a while. */
  async function asSomebodyWhoMayNotWrite(skip: (note: string) => void, test: () => Promise<void>): Promise<void> {
    chmodSync(folder, 0o555);
    const superuser = process.geteuid?.() === 0;
    if (superuser && !process.seteuid) return skip('this platform has no users to become');
    if (superuser) process.seteuid?.(65_534);
    try {
      await test();
    } finally {
      if (superuser) process.seteuid?.(0);
      chmodSync(folder, 0o700);
    }
  }
});
