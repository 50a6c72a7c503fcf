/** Compose files that would take long, or much memory, to read; with the code of the refusal, or none where they are read: what is not understood in them is warned of. */
export interface HostileFile {
  readonly name: string;
  readonly compose: string;
  readonly code?: string;
}

const long = (text: string): string => text.repeat(50_000);
const service = (lines: string): string => `services:\n  web:\n    image: nginx\n${lines}`;

export const FILES: readonly HostileFile[] = [
  {
    name: 'aliases that double into a billion',
    compose: `x-a0: &a0 [lol, lol]\n${Array.from({ length: 30 }, (_, n) => `x-a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`).join('\n')}\n${service('    labels: *a30\n')}`,
    code: 'IMPORT_FAILED',
  },
  { name: 'lists in lists, 20,000 deep', compose: `services: ${'['.repeat(20_000)}`, code: 'IMPORT_FAILED' },
  { name: 'a variable within variables', compose: service(`    command: "${'${A:-'.repeat(5_000)}"\n`), code: 'IMPORT_FAILED' },
  { name: 'dollar signs', compose: service(`    command: "${long('$$')}"\n`) },
  { name: 'a memory size of 50,000 digits', compose: service(`    mem_limit: "${long('1')}x"\n`) },
  { name: 'a port of 50,000 dashes', compose: service(`    ports: ["${long('1-')}"]\n`) },
  { name: 'a service called __proto__', compose: 'services:\n  __proto__:\n    image: nginx\n' },
];
