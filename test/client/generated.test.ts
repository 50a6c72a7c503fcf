import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedClientFiles } from '../../scripts/generate-client.js';

describe('the operations of the client', () => {
  it('are generated from the schema and client/operations: run `npm run schema` after a change', async () => {
    const files = await generatedClientFiles();
    expect(globSync('client/src/generated/*').sort()).toEqual([...files.keys()].sort());
    for (const [path, text] of files) expect(readFileSync(path, 'utf8'), path).toBe(text);
  });
});
