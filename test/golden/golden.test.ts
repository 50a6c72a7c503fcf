import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventSchemas } from '../../src/domain/event-catalogue.js';
import { EventCodec } from '../../src/store/codec.js';
import type { JsonObject } from '../../src/domain/json.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { hashOf } from '../../src/store/hash-chain.js';

/** An event as it was recorded once, its hash, and what it is today. Such a file is never written anew; only `newestData` may grow. */
interface Golden {
  readonly recorded: Omit<RecordedEvent, 'position'>;
  readonly hash: string;
  readonly newestData: JsonObject;
}

const folder = new URL('./events/', import.meta.url);
const files = readdirSync(folder).sort();
const codec = new EventCodec(eventSchemas);
const parse = (file: string): Golden[] => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden[];

describe('events that were recorded by any release', () => {
  it('are kept for every version of every type: add a file with a version, and never remove one', () => {
    const versions = Object.entries(eventSchemas).flatMap(([type, schema]) => schema.versions.map((_, n) => `${type}.v${n + 1}.json`));
    expect(files).toEqual(versions.sort());
  });

  it.each(files)('are read back: %s', (file) => {
    const goldens = parse(file);
    expect(goldens.length).toBeGreaterThan(0);
    for (const { recorded, hash, newestData } of goldens) {
      expect(`${recorded.type}.v${recorded.metadata.schemaVersion}.json`).toBe(file);
      const decoded = codec.decode({ ...recorded, position: 0 });
      expect(decoded.data).toEqual(newestData);
      expect(decoded.unread).toBeUndefined();
      expect(hashOf(recorded)).toBe(hash);
    }
  });
});
