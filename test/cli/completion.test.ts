import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Runs as bash does at TAB: with the words of the line, the last being where the cursor is. */
const AT_TAB = `
source <(regraft completion bash); source <(regraft completion bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_regraft
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p regraft
`;

describe('completion in bash', () => {
  let folder: string;
  beforeAll(() => {
    expect(existsSync(MAIN), 'npm test builds first; so does npm run build').toBe(true);
    folder = mkdtempSync(join(tmpdir(), 'regraft-completion-'));
    writeFileSync(join(folder, 'regraft'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function proposals(...words: readonly string[]): string[] {
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` };
    const lines = execFileSync('bash', ['--norc', '-euo', 'pipefail', '-c', AT_TAB, 'bash', 'regraft', ...words], { env, encoding: 'utf8' })
      .trimEnd()
      .split('\n');
    expect(lines.pop(), 'it is registered, and proposes files where it has nothing').toBe('complete -o default -F _regraft regraft');
    return lines.filter((line) => line !== '');
  }

  it('proposes commands, those under a command, options, and the choices of an option', () => {
    expect(proposals('')).toEqual(
      expect.arrayContaining([
        'serve',
        'import',
        'publish',
        'install',
        'plan',
        'upgrade',
        'rollback',
        'history',
        'watch',
        'verify',
        'export',
        'token',
        'rebuild',
      ]),
    );
    expect(proposals('re')).toEqual(['restore', 'rebuild']);
    expect(proposals('token', '')).toEqual(['create', 'list', 'revoke', 'help']);
    expect(proposals('upgrade', "Ada's shop", '--pre')).toEqual(['--prefer']);
    expect(proposals('upgrade', "Ada's shop", '--prefer', '')).toEqual(['ours', 'theirs']);
    expect(proposals('completion', 'b')).toEqual(['bash']);
  });

  it('runs nothing that stands in the line', () => {
    const file = join(folder, 'made');
    expect(proposals('plan', `$(touch ${file})`, `\`touch ${file}\``, '--resol')).toEqual(['--resolve']);
    expect(existsSync(file)).toBe(false);
  });

  it('has nothing of its own where a file is meant', () => {
    expect(proposals('import', 'comp')).toEqual([]);
  });
});
