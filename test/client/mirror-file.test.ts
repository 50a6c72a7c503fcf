import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MirrorFile } from '../../client/examples/mirror-file.js';

describe('the file of the mirror', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regraft-mirror-'));
    path = join(folder, 'events.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const lines = (events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const openAndClose = (): string | undefined => {
    const mirror = new MirrorFile(path);
    mirror.close();
    return mirror.position;
  };

  it('has no position where there is no file yet', () => expect(openAndClose()).toBe(undefined));

  it('goes on after the last whole line, wherever in the text a crash cut it off', () => {
    const events = ['1', '2', '3'].map((position) => ({ position, text: `été ${position}` }));
    const whole = Buffer.from(lines(events));
    for (let length = 0; length <= whole.length; length++) {
      const left = whole.subarray(0, length);
      writeFileSync(path, left);
      const count = left.filter((byte) => byte === 0x0a).length;
      expect(openAndClose(), `of ${length} bytes`).toBe(events[count - 1]?.position);
      expect(readFileSync(path, 'utf8'), `of ${length} bytes`).toBe(lines(events.slice(0, count)));
    }
  });

  it('finds the last line where it is longer than what is read at a time', () => {
    const long = { position: '2', text: 'x'.repeat(300_000) };
    writeFileSync(path, `${lines([{ position: '1' }, long])}{"position":"3`);
    expect(openAndClose()).toBe('2');
  });

  it('adds events behind those that are there', () => {
    writeFileSync(path, lines([{ position: '1' }]));
    const mirror = new MirrorFile(path);
    mirror.append({ position: '2' });
    mirror.close();
    expect(readFileSync(path, 'utf8')).toBe(lines([{ position: '1' }, { position: '2' }]));
  });

  it('leaves a file alone that is not of a mirror', () => {
    writeFileSync(path, 'a letter to Ada\n');
    expect(openAndClose).toThrow(SyntaxError);
    expect(readFileSync(path, 'utf8')).toBe('a letter to Ada\n');
  });
});
