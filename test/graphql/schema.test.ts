import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { schemaFiles } from '../../src/schema-files.js';
import { CORE_EXCEPTIONS } from './core-exceptions.js';

const read = (path: string): string => readFileSync(new URL(`../../schema/${path}`, import.meta.url), 'utf8');

describe('the public contract', () => {
  it('is printed from the code: run `npm run schema` after a change', async () => {
    for (const [path, text] of await schemaFiles()) {
      expect(existsSync(new URL(`../../schema/${path}`, import.meta.url)), path).toBe(true);
      expect(read(path), path).toBe(text);
    }
  });

  it('has no file of an event that is not there any more', async () => {
    const events = [...(await schemaFiles()).keys()]
      .filter((path) => path.startsWith('events/'))
      .map((path) => path.slice('events/'.length));
    expect(readdirSync(new URL('../../schema/events', import.meta.url)).sort()).toEqual(events.sort());
  });

  it('breaks nothing of the core but what is not built yet', async () => {
    const breaking = findBreakingChanges(buildSchema(read('core.graphql')), await buildRegraftSchema());
    expect(breaking.map(({ description }) => description).sort()).toEqual(Object.values(CORE_EXCEPTIONS).flat().sort());
  });
});
