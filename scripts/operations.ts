import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { parse, type DocumentNode } from 'graphql';

export interface OperationsOptions {
  readonly schema: DocumentNode;
  /** Files of operations, and of the fragments that these name. */
  readonly files: readonly string[];
  /** Of an operation its text, or what a parser makes of it. */
  readonly documentMode: 'string' | 'documentNode';
  /** Of relative imports. */
  readonly importExtension?: '.js';
}

/** The types and documents of operations, as one module: by graphql-codegen. */
export async function generateOperations({ schema, files, ...config }: OperationsOptions): Promise<string> {
  const documents = files.map((location) => {
    const rawSDL = readFileSync(location, 'utf8');
    return { location, rawSDL, document: parse(rawSDL) };
  });
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: './',
    schema,
    documents,
    config: {
      ...config,
      useTypeImports: true,
      emitLegacyCommonJSImports: false,
      strictScalars: true,
      scalars: { ID: 'string', DateTime: 'string', Position: 'string', JSON: 'unknown' },
    },
    presetConfig: { fragmentMasking: false, skipIndexFile: true },
    plugins: [],
    pluginMap: {},
  });
  // Operations are in files of their own: the tag function for those within the code, gql.ts, is not needed.
  const section = sections.find(({ filename }) => basename(filename) === 'graphql.ts');
  if (!section) throw new Error(`the preset made no graphql.ts of ${files.join(', ')}`);
  return codegen(section);
}
