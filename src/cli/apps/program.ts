import { InvalidArgumentError, Option, type Command } from 'commander';
import { DEFAULT_URL } from '../../config/client.js';
import type { Terminal } from '../command.js';
import type { ExitCode } from '../exit-code.js';
import { outFile } from '../whole-file.js';
import type { HistoryOptions } from './history.js';
import type { ImportOptions } from './import.js';
import type { InstallOptions } from './install.js';
import type { PublishOptions } from './publish.js';
import type { Remote } from './remote.js';
import type { RollbackOptions } from './rollback.js';
import type { SetOptions } from './set.js';
import type { UpgradeOptions } from './upgrade.js';
import type { WatchOptions } from './watch.js';
import type { RemoteOptions } from './with-remote.js';

const SEVERAL = [(text: string, all: string[]): string[] => [...all, text], []] as [(text: string, all: string[]) => string[], string[]];

/** What asks and changes: over the API of a running server. A command is loaded when it is run, so that completion and help are quick. */
export function addAppCommands(program: Command, terminal: Terminal): void {
  program.commandsGroup('Over the API of a running server:');
  const on =
    <Options extends RemoteOptions>(run: (remote: Remote, options: Options, words: readonly string[]) => Promise<ExitCode>) =>
    async (...given: unknown[]): Promise<void> => {
      const { withRemote } = await import('./with-remote.js');
      const [options, words] = [given.at(-2) as Options, given.slice(0, -2).flat() as string[]];
      return withRemote(terminal, options, (remote) => run(remote, options, words));
    };

  changing(program.command('import'))
    .description('Brings the components of an app to what a Compose project says.')
    .argument('<file...>', 'the project, and its overlays in order')
    .requiredOption('--app <app>', 'name or id of the app')
    .option('--create', 'make the app where there is none of this name')
    .option('--team <team>', 'the team of an app that is made')
    .option('--with <file>', 'a file that the project names (include, extends, env_file); may be given several times', ...SEVERAL)
    .option('--env-file <file>', 'values of ${VARIABLES}; none is read by itself')
    .option('--profile <name>', 'services of this profile, too; may be given several times', ...SEVERAL)
    .option('--rename <old=new>', 'a service that has another name now; may be given several times', ...SEVERAL)
    .option('--dry-run', 'only show what would change')
    .addHelpText(
      'after',
      examples(
        'import compose.yaml --app shop-source --create --team makers',
        'import compose.yaml compose.prod.yaml --app shop-source --dry-run',
      ),
    )
    .action(
      on<ImportOptions & RemoteOptions>(async (remote, options, files) =>
        (await import('./import.js')).importCommand(remote, files, options),
      ),
    );

  changing(program.command('publish'))
    .description('Publishes an app as the next version of its template, or as a new template.')
    .argument('<app>', 'name or id of the source app')
    .option('--version <version>', 'larger than the one before; the one that the differences call for by default')
    .option('--new <name>', 'make a template of this name')
    .option('--template <template>', 'name or id of a template; that of the app where it has one')
    .option('--based-on <version>', 'publish on a maintenance line')
    .option('--alias <text>', 'another name of the version')
    .option('--notes <text>', 'release notes')
    .option('--upgrade-from <range>', 'from which versions it can be upgraded to, such as ">=1.4 <2"')
    .addOption(new Option('--visibility <who>', 'who reads a new template').choices(['team', 'public']))
    .option('--dry-run', 'only show what would be in it')
    .addHelpText(
      'after',
      examples(
        'publish shop-source --new shop --version 1.0',
        'publish shop-source --version 1.1 --notes "With a cache"',
        'publish shop-source --dry-run',
      ),
    )
    .action(
      on<PublishOptions & RemoteOptions>(async (remote, options, [app = '']) =>
        (await import('./publish.js')).publishCommand(remote, app, options),
      ),
    );

  changing(program.command('install'))
    .description('Installs a template into a new app, or one that is there. The same again changes nothing.')
    .argument('<template>', 'name or id of the template')
    .option('--as <name>', 'the name of a new app')
    .option('--into <app>', 'name or id of an app that is there')
    .option('--version <version>', 'the largest one by default')
    .option('--team <team>', 'the team of a new app; that of the template by default')
    .option(
      '--set <component.name=value>',
      'a value for what the version leaves open; =@file for what a file holds; may be given several times',
      ...SEVERAL,
    )
    .option('--key <old=new>', 'another key for a component whose key is taken; may be given several times', ...SEVERAL)
    .option('--external', 'an integration carries out the upgrades of the new app')
    .option('--again', 'also where it is installed there, or an app has this name')
    .addHelpText('after', examples('install shop --as "Ada\'s shop"', 'install shop --as "Ada\'s shop" --set web.PASSWORD=@password.txt'))
    .action(
      on<InstallOptions & RemoteOptions>(async (remote, options, [template = '']) =>
        (await import('./install.js')).installCommand(remote, template, options),
      ),
    );

  changing(program.command('set'))
    .description('Changes fields of a component: image, title, replicas, resources.cpu, resources.memory, env.<NAME>, labels.<key>.')
    .argument('<app>', 'name or id of the app')
    .argument('<component>', 'its key')
    .argument('[field=value...]', 'such as replicas=3 or env.LOG_LEVEL=debug')
    .option('--unset <field>', 'a field that is to go; may be given several times', ...SEVERAL)
    .addHelpText('after', examples('set "Ada\'s shop" web replicas=3 env.LOG_LEVEL=debug', 'set "Ada\'s shop" web --unset env.LOG_LEVEL'))
    .action(
      on<SetOptions & RemoteOptions>(async (remote, options, [app = '', key = '', ...pairs]) =>
        (await import('./set.js')).setCommand(remote, app, key, pairs, options),
      ),
    );

  planning(remote(program.command('plan')))
    .description(
      'Shows what an upgrade would do, as a diff: what the template changes, what was changed here and is kept, what is to be settled.',
    )
    .argument('<app>', 'name or id of the app')
    .option('--to <version>', 'the largest one that is offered by default')
    .option('--component <key>', 'only this component, and what it needs; may be given several times', ...SEVERAL)
    .addHelpText('after', examples('plan "Ada\'s shop"', 'plan "Ada\'s shop" --to 1.1 --resolve web.env.WELCOME=ours'))
    .action(
      on<UpgradeOptions & RemoteOptions>(async (remote, options, [app = '']) =>
        (await import('./upgrade.js')).upgradeCommand(remote, app, { ...options, dryRun: true }),
      ),
    );

  applying(planning(changing(program.command('upgrade'))))
    .description('Upgrades an installation: shows the plan, asks, and tells of each component as it is done.')
    .argument('<app>', 'name or id of the app')
    .option('--to <version>', 'the largest one that is offered by default')
    .option('--component <key>', 'only this component, and what it needs; may be given several times', ...SEVERAL)
    .addHelpText('after', examples('upgrade "Ada\'s shop"', 'upgrade "Ada\'s shop" --to 1.1 --resolve web.env.WELCOME=ours --yes'))
    .action(
      on<UpgradeOptions & RemoteOptions>(async (remote, options, [app = '']) =>
        (await import('./upgrade.js')).upgradeCommand(remote, app, options),
      ),
    );

  applying(planning(changing(program.command('rollback'))))
    .description('Undoes an upgrade, and those after it: shows the plan, asks, and tells of each component as it is done.')
    .argument('<app>', 'name or id of the app')
    .option('--to <version>', 'the version to come back to')
    .option('--upgrade <id>', 'the upgrade to undo')
    .addHelpText('after', examples('rollback "Ada\'s shop"', 'rollback "Ada\'s shop" --to 1.0 --yes'))
    .action(
      on<RollbackOptions & RemoteOptions>(async (remote, options, [app = '']) =>
        (await import('./rollback.js')).rollbackCommand(remote, app, options),
      ),
    );

  selecting(remote(program.command('history')))
    .description('Prints the event log, oldest first; with --json, or as NDJSON, an event a line.')
    .option('--actor <id>', 'of this actor')
    .option('--from <time>', 'recorded then or later (ISO 8601)', instant)
    .option('--to <time>', 'recorded before (ISO 8601)', instant)
    .option('--limit <number>', 'at most so many events', count)
    .addOption(new Option('--format <format>', 'text by default, ndjson into a file').choices(['text', 'csv', 'ndjson']))
    .option('--output <file>', 'a file, which appears when it is whole; standard output by default', outFile)
    .addHelpText(
      'after',
      examples('history --app "Ada\'s shop"', 'history --type AppUpgraded --from 2026-01-01 --format csv --output upgrades.csv'),
    )
    .action(on<HistoryOptions & RemoteOptions>(async (remote, options) => (await import('./history.js')).historyCommand(remote, options)));

  selecting(remote(program.command('watch')))
    .description(
      'Prints every event as it happens, each once and in order; goes on after the server was away. With --json an event a line.',
    )
    .option('--upgrades', 'those of upgrades and rollbacks only')
    .option('--after <position>', 'what comes after a position that was kept, first')
    .option('--from-beginning', 'all that is in the log first')
    .option('--limit <number>', 'end after so many events', count)
    .addHelpText('after', examples('watch --app "Ada\'s shop"', 'watch --json --from-beginning --type TemplatePublished'))
    .action(on<WatchOptions & RemoteOptions>(async (remote, options) => (await import('./watch.js')).watchCommand(remote, options)));
}

function remote(command: Command): Command {
  return command
    .option('--url <url>', `where the server is; REGRAFT_URL, or ${DEFAULT_URL}, by default`)
    .option('--token <token>', 'what lets you in; better in REGRAFT_TOKEN: others on this machine see a command line')
    .option('--retry-for <seconds>', 'for how long to ask again where the connection is lost', count, 30)
    .option('--json', 'results, and what goes wrong, as JSON', false);
}

function changing(command: Command): Command {
  return remote(command).option('--command-id <id>', 'of your choice: the same command with the same id again has one effect');
}

function planning(command: Command): Command {
  return command
    .option('--installation <installation>', 'its id, or the name of its template, where the app has several')
    .option('--resolve <place=choice>', 'settle a conflict: ours, theirs, or another value; may be given several times', ...SEVERAL)
    .addOption(new Option('--prefer <side>', 'settle all other conflicts').choices(['ours', 'theirs']))
    .addOption(new Option('--accept <risk>', 'go on in spite of it').choices(['data-loss']).argParser(acceptedRisk).default([]));
}

function acceptedRisk(risk: string, all: readonly string[]): readonly string[] {
  if (risk === 'data-loss') return [...all, risk];
  throw new InvalidArgumentError('Allowed choices are data-loss.');
}

function applying(command: Command): Command {
  return command
    .option('--reason <text>', 'why; goes on the record')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'only show the plan');
}

function selecting(command: Command): Command {
  return command
    .option('--app <app>', 'of this app, by name or id')
    .option('--template <template>', 'of this template, by name or id')
    .option('--type <type>', 'of this type, such as AppUpgraded; may be given several times', ...SEVERAL);
}

function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  regraft ${line}`)].join('\n');
}

function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number from 1 up is expected.');
}

function instant(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(T.+)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError('A time like 2027-01-31 or 2027-01-31T12:00:00Z is expected.');
}
