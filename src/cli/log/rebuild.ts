import { readEnvironment } from '../../config.js';
import { rebuildReadModels } from '../../rebuild.js';
import { report, type Terminal } from '../command.js';
import { OK, type ExitCode } from '../exit-code.js';

export async function rebuildCommand(terminal: Terminal, { json }: { readonly json: boolean }): Promise<ExitCode> {
  const events = await rebuildReadModels(readEnvironment());
  await report(terminal, json, { events }, `The read models are rebuilt from ${events} events.`);
  return OK;
}
