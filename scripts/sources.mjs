import { createHash } from 'node:crypto';
import fs, { existsSync, readFileSync, statSync } from 'node:fs';

export const BUILD_STAMP = 'dist/.built-from';
const SOURCES = [
  'src/**/*',
  'projections/**/*',
  'demo/**/*',
  'bench/**/*.ts',
  'scripts/**/*',
  'graphiql/**/*',
  'console/{src/**/*,public/**/*,*.*}',
  'client/{src/**/*,*.json}',
  'tsconfig*.json',
  'package-lock.json',
];

/** Names the sources of a build by their content. */
export function fingerprintOfSources() {
  const hash = createHash('sha256');
  for (const file of fs.globSync(SOURCES).sort()) {
    if (statSync(file).isFile()) hash.update(file).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

export function isBuilt() {
  return existsSync(BUILD_STAMP) && existsSync('client/dist/index.js') && readFileSync(BUILD_STAMP, 'utf8') === fingerprintOfSources();
}
