import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kind, parse, visit, type DocumentNode } from 'graphql';
import { generateOperations } from './operations.ts';

const CLIENT = 'client/src/generated/graphql.ts';
const CONSOLE = 'console/src/**/*.graphql';
const FRAGMENTS = 'console/src/fragments/';

const readSchema = (): DocumentNode => parse(readFileSync('schema/schema.graphql', 'utf8'));

/** The typed operations of the client, by the path of their file: made of the schema and the operations in its folder alone. */
export async function generatedClientFiles(): Promise<Map<string, string>> {
  const files = globSync('client/operations/*.graphql').sort();
  return new Map([[CLIENT, await generateOperations({ schema: readSchema(), files, documentMode: 'string', importExtension: '.js' })]]);
}

/** Those of the console: a module beside each file of operations, so that a page loads its own alone; and how the interfaces of the schema are implemented. */
export async function generatedConsoleFiles(): Promise<Map<string, string>> {
  const schema = readSchema();
  const sources = globSync(CONSOLE).sort();
  const fragments = new Map(sources.filter((file) => file.startsWith(FRAGMENTS)).map((file) => [file, parse(readFileSync(file, 'utf8'))]));
  const generated = new Map([['console/src/api/possible-types.generated.ts', possibleTypes(schema)]]);
  for (const file of sources.filter((source) => !fragments.has(source))) {
    const files = [...withFragments(parse(readFileSync(file, 'utf8')), fragments), file];
    generated.set(file.replace(/\.graphql$/, '.generated.ts'), await generateOperations({ schema, files, documentMode: 'documentNode' }));
  }
  return generated;
}

/** The files of shared fragments that a document names, or that these name. */
function withFragments(document: DocumentNode, shared: ReadonlyMap<string, DocumentNode>, found = new Set<string>()): ReadonlySet<string> {
  const named = new Set<string>();
  visit(document, { FragmentSpread: ({ name }) => void named.add(name.value) });
  for (const [file, fragments] of shared) {
    const isNamed = fragments.definitions.some((one) => one.kind === Kind.FRAGMENT_DEFINITION && named.has(one.name.value));
    if (!isNamed || found.has(file)) continue;
    found.add(file);
    withFragments(fragments, shared, found);
  }
  return found;
}

/** The types of each interface: a normalised cache needs to know which fragments apply. */
function possibleTypes(schema: DocumentNode): string {
  const types: Record<string, string[]> = {};
  for (const definition of schema.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const { name } of definition.interfaces ?? []) (types[name.value] ??= []).push(definition.name.value);
  }
  return `export const possibleTypes = ${JSON.stringify(types)};\n`;
}

if (import.meta.main) {
  rmSync(CLIENT, { force: true });
  for (const path of globSync('console/src/**/*.generated.ts')) rmSync(path);
  for (const [path, text] of [...(await generatedClientFiles()), ...(await generatedConsoleFiles())]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
