// Runs a compiled program of the project in this process, so that signals reach it; builds first where the build is not of these sources.
import './check-node.mjs';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isBuilt } from './sources.mjs';

const [program, ...rest] = process.argv.slice(2);
if (!isBuilt()) {
  console.error('Building (once, and after changes) ...');
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
if (program) {
  process.argv.splice(1, process.argv.length, resolve(program), ...rest);
  await import(pathToFileURL(resolve(program)).href);
}
