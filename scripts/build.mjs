// Compiles the client and the server, copies what the compiler leaves behind, and bundles GraphiQL and the console.
import './check-node.mjs';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUILD_STAMP, fingerprintOfSources } from './sources.mjs';

const fingerprint = fingerprintOfSources();
for (const folder of ['dist', 'client/dist']) rmSync(folder, { recursive: true, force: true });
// Before the rest, which uses it as others do: what the package exports.
run('node_modules/typescript/bin/tsc', '-p', 'client');
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
chmodSync('dist/src/cli/main.js', 0o755);
for (const file of [...globSync('projections/**/*.sql'), ...globSync('demo/shop/**/*')].filter((name) => /\.\w+$/.test(name))) {
  mkdirSync(dirname(`dist/${file}`), { recursive: true });
  cpSync(file, `dist/${file}`);
}
for (const page of ['graphiql', 'console']) {
  run('node_modules/vite/bin/vite.js', 'build', '--config', `${page}/vite.config.mjs`, '--logLevel', 'warn');
}
writeFileSync(BUILD_STAMP, fingerprint);

function run(...command) {
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
