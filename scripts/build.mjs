// Compiles the server, copies what the compiler leaves behind, and bundles GraphiQL.
import './check-node.mjs';
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUILD_STAMP, fingerprintOfSources } from './sources.mjs';

const fingerprint = fingerprintOfSources();
rmSync('dist', { recursive: true, force: true });
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
for (const file of [...globSync('projections/**/*.sql'), ...globSync('demo/shop/**/*')].filter((name) => /\.\w+$/.test(name))) {
  mkdirSync(dirname(`dist/${file}`), { recursive: true });
  cpSync(file, `dist/${file}`);
}
run('node_modules/vite/bin/vite.js', 'build', '--config', 'graphiql/vite.config.mjs', '--logLevel', 'warn');
writeFileSync(BUILD_STAMP, fingerprint);

function run(...command) {
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
