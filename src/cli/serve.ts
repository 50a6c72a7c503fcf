import { InvalidArgumentError, type Command } from 'commander';
import { readEnvironment } from '../config.js';

interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
}

/** `regraft serve`: the server as `npm start` starts it; flags stand for variables of the environment, and go before them. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description(
      'Starts the server, and stops it in order at SIGINT or SIGTERM. All settings are variables of the environment (README.md); these are the most used.',
    )
    .option('--port <port>', 'TCP port, 0 for any that is free; PORT, or 4000, by default', given)
    .option('--host <host>', 'address to listen at; HOST, or 127.0.0.1, by default', given)
    .option('--data-dir <folder>', 'where the data is; REGRAFT_DATA_DIR, or ./data, by default', given)
    .addHelpText('after', '\nExamples:\n  regraft serve\n  regraft serve --port 8080 --data-dir /var/lib/regraft')
    .action(async ({ port, host, dataDir }: ServeOptions) => {
      const { runServer } = await import('../run-server.js');
      process.exit(
        await runServer(() =>
          readEnvironment({ ...(port && { PORT: port }), ...(host && { HOST: host }), ...(dataDir && { REGRAFT_DATA_DIR: dataDir }) }),
        ),
      );
    });
}

function given(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('A value is expected.');
}
