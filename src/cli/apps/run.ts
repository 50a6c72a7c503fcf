import { follow } from '../api/follow.js';
import { FAILED, OK, type ExitCode } from '../exit-code.js';
import { plain, type Paint } from '../paint.js';
import type { Remote } from './remote.js';

type State = 'COMPLETED' | 'FAILED' | 'PARTLY_COMPLETED' | 'ROLLED_BACK' | 'RUNNING' | 'UNKNOWN';

export interface UpgradeRecord {
  readonly id: string;
  readonly kind: 'UPGRADE' | 'ROLLBACK';
  readonly state: State;
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly components: readonly { readonly key: string; readonly action: string; readonly state: State; readonly message: string | null }[];
}

export interface UpgradePayload {
  readonly position: string;
  readonly upgrade: UpgradeRecord;
  readonly upgrades: readonly UpgradeRecord[];
}

const RECORD = '{ id kind state fromVersion toVersion components { key action state message } }';
export const UPGRADE_PAYLOAD = `upgrade ${RECORD} upgrades ${RECORD}`;
export const UPGRADE_RECORD = `query ($id: ID!) { node(id: $id) { ... on UpgradeRecord ${RECORD} } }`;

/**
 * Tells of every component of an upgrade as it is done; of one that an integration carries out, live until it is over.
 * @returns the record as it is then.
 */
export async function untilOver(
  { caller, terminal, json }: Remote,
  appId: string,
  { upgrade, position }: UpgradePayload,
): Promise<UpgradeRecord> {
  const told = new Set<string>();
  const tell = ({ components }: UpgradeRecord): void => {
    for (const { key, action, state, message } of components) {
      const line = componentLine(terminal.paint, key, action, state, message);
      if (!json && line !== undefined && !told.has(line)) terminal.note(line);
      if (line !== undefined) told.add(line);
    }
  };
  tell(upgrade);
  if (upgrade.state !== 'RUNNING') return upgrade;
  if (!json) terminal.note('An integration carries it out; the upgrade goes on if this program is ended.');
  for await (const { event } of follow(caller, { field: 'upgradeEvents', appId, after: position })) {
    if (!event) continue;
    const { node } = await caller.ask<{ node: UpgradeRecord }>(UPGRADE_RECORD, { id: upgrade.id });
    tell(node);
    if (node.state !== 'RUNNING') return node;
  }
  throw new Error('following ends only by its signal');
}

const DONE: Readonly<Record<string, string>> = { ADD: 'added', REMOVE: 'removed', UPDATE: 'updated' };

function componentLine(paint: Paint, key: string, action: string, state: State, message: string | null): string | undefined {
  const said = message === null ? '' : `: ${plain(message)}`;
  if (state === 'FAILED') return paint('red', `✗ ${plain(key)} failed${said}`);
  if (state === 'UNKNOWN') return paint('yellow', `? ${plain(key)}: its outcome is not known`);
  const done = DONE[action];
  if (done === undefined) return undefined;
  return state === 'COMPLETED' || state === 'ROLLED_BACK' ? paint('green', `✓ ${plain(key)} ${done}${said}`) : `… ${plain(key)}${said}`;
}

/** @returns what to say of an upgrade that is over, and the exit code. */
export function outcomeOf({ state, kind, toVersion, id, components }: UpgradeRecord, name: string): { text: string; exitCode: ExitCode } {
  const did = kind === 'UPGRADE' ? 'Upgraded' : 'Rolled back';
  if (state === 'COMPLETED') return { text: `${did} "${plain(name)}" to ${toVersion}. (${id})`, exitCode: OK };
  if (state === 'PARTLY_COMPLETED') {
    const isGood = components.every((component) => component.state === 'COMPLETED');
    return {
      text: `${did} a part of "${plain(name)}" to ${toVersion}; regraft plan shows what is left. (${id})`,
      exitCode: isGood ? OK : FAILED,
    };
  }
  return { text: `"${plain(name)}" was not brought to ${toVersion}: the upgrade is ${state}. (${id})`, exitCode: FAILED };
}
