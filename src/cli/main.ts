#!/usr/bin/env node
import { Command } from 'commander';
import { addAppCommands } from './apps/program.js';
import { addCompletion } from './completion.js';
import { EXIT_CODES, OK, USAGE } from './exit-code.js';
import { addLogCommands } from './log/program.js';
import { addServeCommand } from './serve.js';
import { processTerminal } from './terminal.js';

const terminal = processTerminal();

const program = new Command('regraft')
  .description('Versioned application templates: publish, install, compare, upgrade without losing local changes.')
  .enablePositionalOptions()
  .addHelpText(
    'after',
    `
Examples:
  regraft serve
  regraft import compose.yaml --app shop-source --create
  regraft publish shop-source --new shop --version 1.0
  regraft install shop --as "Ada's shop"
  regraft plan "Ada's shop"
  regraft export --out backup.ndjson
  regraft token create --name admin --role ADMIN --all-teams

${EXIT_CODES}`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? OK : USAGE));

addServeCommand(program);
addAppCommands(program, terminal);
addLogCommands(program, terminal);
program.commandsGroup('Commands:');
addCompletion(program);

await program.parseAsync();
