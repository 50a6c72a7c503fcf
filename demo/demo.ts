import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { startServer } from '../src/server.js';
import { Story } from './story.js';

/** Starts a server of its own on a free port and a temporary folder, and tells the story against it with real requests. */
const dataDir = mkdtempSync(join(tmpdir(), 'regraft-demo-'));
const server = await startServer({ host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent' }, { logger: pino({ level: 'silent' }) });
let failed = false;
try {
  const compose = (version: string): string => readFileSync(new URL(`./shop/${version}.yaml`, import.meta.url), 'utf8');
  console.log(`\nRegraft runs at ${server.url}, with nothing in it.`);
  await new Story(server.url, compose).tell();
  console.log('\nThat is the story. Every step was as it should be.\n');
} catch (error) {
  failed = true;
  console.error(`\nThis step is not as it should be: ${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
