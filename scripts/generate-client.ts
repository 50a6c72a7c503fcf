import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { parse } from 'graphql';

const SCHEMA = 'schema/schema.graphql';
const OPERATIONS = 'client/operations/*.graphql';
const GENERATED = 'client/src/generated/';

/** The typed operations of the client, by the path of their file: made of the schema and the operations in this folder alone, by graphql-codegen. */
export async function generatedClientFiles(): Promise<Map<string, string>> {
  const documents = globSync(OPERATIONS)
    .sort()
    .map((location) => {
      const rawSDL = readFileSync(location, 'utf8');
      return { location, rawSDL, document: parse(rawSDL) };
    });
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: GENERATED,
    schema: parse(readFileSync(SCHEMA, 'utf8')),
    documents,
    config: {
      documentMode: 'string',
      useTypeImports: true,
      importExtension: '.js',
      emitLegacyCommonJSImports: false,
      strictScalars: true,
      scalars: { ID: 'string', DateTime: 'string', Position: 'string', JSON: 'unknown' },
    },
    presetConfig: { fragmentMasking: false, skipIndexFile: true },
    plugins: [],
    pluginMap: {},
  });
  const files = new Map<string, string>();
  for (const section of sections) {
    // Operations are in files of their own: the tag function for those within the code, gql.ts, is not needed.
    if (basename(section.filename) === 'graphql.ts') files.set(section.filename, await codegen(section));
  }
  return files;
}

if (import.meta.main) {
  rmSync(GENERATED, { recursive: true, force: true });
  for (const [path, text] of await generatedClientFiles()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
