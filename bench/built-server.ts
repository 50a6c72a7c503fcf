import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));

export interface BuiltServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** As a power cut would, but for the disk. */
  kill(): Promise<void>;
}

/** Starts the built server, as users do, on a data folder and a free port; waits until it is ready. @param port a free one where it is not given. */
export async function startBuiltServer(folder: string, port = '0'): Promise<BuiltServer> {
  const environment = { PATH: process.env['PATH'], PORT: port, LOG_LEVEL: 'silent', REGRAFT_DATA_DIR: folder };
  const child = spawn(process.execPath, [MAIN], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    url = /^Regraft is ready at (.*)$/.exec(line)?.[1];
    if (url) break;
  }
  const { pid } = child;
  if (!url || pid === undefined) throw new Error('the server did not start');
  const endBy = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return { url, pid, stop: () => endBy('SIGTERM'), kill: () => endBy('SIGKILL') };
}
