import { type Command, InvalidArgumentError, Option } from 'commander';
import { ROLES, type Role } from '../../domain/access/principal.js';
import type { RemoteOptions } from '../apps/with-remote.js';
import type { Remote } from '../apps/remote.js';
import type { Terminal } from '../command.js';
import { exitWith } from '../ending.js';
import type { ExitCode } from '../exit-code.js';

interface CreateOptions {
  readonly name: string;
  readonly role: Role;
  readonly team: readonly string[];
  readonly allTeams: boolean;
  readonly expires?: string;
}

const BESIDE = 'Without --url in the log itself: on the embedded one the server must not be running then.';

/** `regraft token …`: what looks after access tokens, in the log itself, and so makes the first one; or with `--url` over the API of a server that runs. */
export function addTokenCommands(token: Command, terminal: Terminal): void {
  token.description('Makes, lists and revokes access tokens.');

  changing(token.command('create'))
    .description(`Makes a token, and shows its secret this once. ${BESIDE}`)
    .requiredOption('--name <name>', 'who acts by it, as history shows it')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--team <team...>', 'the teams that it may do it in', [])
    .option('--all-teams', 'all teams, also those to come', false)
    .option('--expires <when>', 'a time (ISO 8601) or a number of days (90d); never by default', expiry)
    .action((options: CreateOptions & RemoteOptions, command: Command) => {
      const { name, role, team, allTeams, expires, json } = options;
      if (allTeams === team.length > 0) command.error('give either --team or --all-teams');
      const request = { name, grants: [{ role, teams: allTeams ? ('ALL' as const) : team }], expiresAt: expires };
      if (isRemote(options, command)) {
        return overApi(terminal, options, async (remote) => (await import('../apps/token.js')).createTokenRemotely(remote, request));
      }
      return exitWith(async () => {
        const [{ withStore }, { createTokenCommand }] = await Promise.all([import('./with-store.js'), import('./token.js')]);
        return withStore(false, (store) => createTokenCommand(store, terminal, request, json));
      }, options);
    });

  asking(token.command('list'))
    .description(
      'Lists the tokens, those that open nothing any more, too. Without --url it reads the whole log, also while the server runs; with it, those that one administers.',
    )
    .action((options: RemoteOptions, command: Command) => {
      if (isRemote(options, command)) {
        return overApi(terminal, options, async (remote) => (await import('../apps/token.js')).listTokensRemotely(remote));
      }
      return exitWith(async () => {
        const [{ withStore }, { listTokensCommand }] = await Promise.all([import('./with-store.js'), import('./token.js')]);
        return withStore(true, (store) => listTokensCommand(store, terminal, options.json));
      }, options);
    });

  changing(token.command('revoke'))
    .description(`Ends a token. ${BESIDE}`)
    .argument('<id>', 'as list shows it')
    .action((id: string, options: RemoteOptions, command: Command) => {
      if (isRemote(options, command)) {
        return overApi(terminal, options, async (remote) => (await import('../apps/token.js')).revokeTokenRemotely(remote, id));
      }
      return exitWith(async () => {
        const [{ withStore }, { revokeTokenCommand }] = await Promise.all([import('./with-store.js'), import('./token.js')]);
        return withStore(false, (store) => revokeTokenCommand(store, terminal, id, options.json), { create: false });
      }, options);
    });
}

const RETRY_FOR = 30;

function asking(command: Command): Command {
  return command
    .option('--url <url>', 'over the API of the server that runs there; REGRAFT_URL alone does not say so')
    .option('--token <token>', 'with --url: what lets you in; better in REGRAFT_TOKEN: others on this machine see a command line')
    .option('--retry-for <seconds>', 'with --url: for how long to ask again where the connection is lost', seconds, RETRY_FOR)
    .option('--json', 'the result, and what goes wrong, as one line of JSON', false);
}

function changing(command: Command): Command {
  return asking(command).option('--command-id <id>', 'with --url: the same command with the same id again has one effect');
}

/** Whether it is to go over the API. Options that mean something there alone are wrong usage elsewhere. */
function isRemote({ url }: RemoteOptions, command: Command): boolean {
  if (url !== undefined) return true;
  for (const name of ['token', 'retryFor', 'commandId']) {
    if (command.getOptionValueSource(name) !== 'cli') continue;
    command.error(`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} goes with --url`);
  }
  return false;
}

async function overApi(terminal: Terminal, options: RemoteOptions, run: (remote: Remote) => Promise<ExitCode>): Promise<void> {
  const { withRemote } = await import('../apps/with-remote.js');
  return withRemote(terminal, options, run);
}

function seconds(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number from 1 up is expected.');
}

const DAY_MS = 86_400_000;

/** @returns ISO 8601, UTC. */
function expiry(text: string): string {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const time = days === undefined ? Date.parse(text) : Date.now() + Number(days) * DAY_MS;
  const isWritten = days !== undefined || /^\d{4}-\d{2}-\d{2}(T.+)?$/.test(text);
  if (!isWritten || Number.isNaN(time))
    throw new InvalidArgumentError('a time like 2027-01-31T12:00:00Z is expected, or a number of days like 90d');
  return new Date(time).toISOString();
}
