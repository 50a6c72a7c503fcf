import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedConsoleFiles } from '../../scripts/generate-client.js';

describe('the operations of the console', () => {
  it('are generated from the schema and its files of operations: run `npm run schema` after a change', async () => {
    const files = await generatedConsoleFiles();
    expect(globSync('console/src/**/*.generated.ts').sort()).toEqual([...files.keys()].sort());
    for (const [path, text] of files) expect(readFileSync(path, 'utf8'), path).toBe(text);
  });
});
