import { type Command, InvalidArgumentError, Option } from 'commander';
import { ROLES, type Role } from '../../domain/access/principal.js';
import type { Terminal } from '../command.js';
import { exitWith } from '../ending.js';

interface CreateOptions {
  readonly name: string;
  readonly role: Role;
  readonly team: readonly string[];
  readonly allTeams: boolean;
  readonly expires?: string;
  readonly json: boolean;
}

const BESIDE = 'On the embedded log the server must not be running.';

/** `regraft token …`: what looks after access tokens in the log itself, and so makes the first one. */
export function addTokenCommands(token: Command, terminal: Terminal): void {
  token.description('Makes, lists and revokes access tokens.');
  token
    .command('create')
    .description(`Makes a token, and shows its secret this once. ${BESIDE}`)
    .requiredOption('--name <name>', 'who acts by it, as history shows it')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--team <team...>', 'the teams that it may do it in', [])
    .option('--all-teams', 'all teams, also those to come', false)
    .option('--expires <when>', 'a time (ISO 8601) or a number of days (90d); never by default', expiry)
    .option('--json', 'the result as one line of JSON', false)
    .action(({ name, role, team, allTeams, expires, json }: CreateOptions, command: Command) => {
      if (allTeams === team.length > 0) command.error('give either --team or --all-teams');
      const request = { name, grants: [{ role, teams: allTeams ? ('ALL' as const) : team }], expiresAt: expires };
      return exitWith(
        async () => {
          const [{ withStore }, { createTokenCommand }] = await Promise.all([import('./with-store.js'), import('./token.js')]);
          return withStore(false, (store) => createTokenCommand(store, terminal, request, json));
        },
        { json },
      );
    });
  token
    .command('list')
    .description('Lists the tokens, those that open nothing any more, too; also while the server runs. Reads the whole log.')
    .option('--json', 'one line of JSON', false)
    .action(({ json }: { json: boolean }) =>
      exitWith(
        async () => {
          const [{ withStore }, { listTokensCommand }] = await Promise.all([import('./with-store.js'), import('./token.js')]);
          return withStore(true, (store) => listTokensCommand(store, terminal, json));
        },
        { json },
      ),
    );
  token
    .command('revoke')
    .description(`Ends a token. ${BESIDE}`)
    .argument('<id>', 'as list shows it')
    .option('--json', 'the result as one line of JSON', false)
    .action((id: string, { json }: { json: boolean }) =>
      exitWith(
        async () => {
          const [{ withStore }, { revokeTokenCommand }] = await Promise.all([import('./with-store.js'), import('./token.js')]);
          return withStore(false, (store) => revokeTokenCommand(store, terminal, id, json), { create: false });
        },
        { json },
      ),
    );
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
