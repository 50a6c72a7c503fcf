import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));

export interface BuiltServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the built server, as users do, on a data folder and a free port; waits until it is ready. */
export async function startBuiltServer(folder: string): Promise<BuiltServer> {
  const environment = { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', REGRAFT_DATA_DIR: folder };
  const child = spawn(process.execPath, [MAIN], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    url = /^Regraft is ready at (.*)$/.exec(line)?.[1];
    if (url) break;
  }
  const { pid } = child;
  if (!url || pid === undefined) throw new Error('the server did not start');
  return {
    url,
    pid,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
