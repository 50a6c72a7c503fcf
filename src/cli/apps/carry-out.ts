import type { ApiCaller } from '../api/caller.js';
import { report } from '../command.js';
import { planDiff, type SideNames } from '../diff/plan.js';
import { UsageError } from '../errors.js';
import { FAILED, OK, TO_SETTLE, type ExitCode } from '../exit-code.js';
import { plain } from '../paint.js';
import { askPlan, type Choices, type Plan, type PlanRequest } from './plan-query.js';
import type { Remote } from './remote.js';
import { parseResolutions, policyOf, type Preference } from './resolutions.js';
import { outcomeOf, untilOver, UPGRADE_PAYLOAD, type UpgradePayload } from './run.js';

/** What `plan`, `upgrade` and `rollback` have in common on the command line. */
export interface PlanOptions {
  readonly resolve: readonly string[];
  readonly prefer?: Preference;
  readonly accept: readonly string[];
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly reason?: string;
}

export interface Planned {
  /** Of the app. */
  readonly name: string;
  readonly title: string;
  readonly names: SideNames;
  readonly request: PlanRequest;
}

/** Plans, with the choices of the command line. @throws UsageError where one names nothing. */
export async function planWith(caller: ApiCaller, request: PlanRequest, options: PlanOptions): Promise<{ plan: Plan; choices: Choices }> {
  const policy = policyOf(options.prefer);
  const plan = await askPlan(caller, request, { policy, resolutions: [] });
  if (options.resolve.length === 0) return { plan, choices: { policy, resolutions: [] } };
  // Conflicts that the policy settles can be named, too: they are in the plan as well.
  const choices = { policy, resolutions: parseResolutions(options.resolve, plan) };
  return { plan: await askPlan(caller, request, choices), choices };
}

/** Shows a plan; where it is not only to be shown, asks, carries it out, and tells how it goes. */
export async function carryOut(remote: Remote, planned: Planned, options: PlanOptions): Promise<ExitCode> {
  const { caller, terminal, json } = remote;
  const { title, request, names, name } = planned;
  if (!options.dryRun && !options.yes && (json || !terminal.confirm)) {
    throw new UsageError('nobody can be asked here whether to go on: say so by --yes, or only look at it by --dry-run');
  }
  const { plan, choices } = await planWith(caller, request, options);
  const open = openQuestions(plan, options);
  const isTold = !json || options.dryRun === true || open !== undefined;
  const lines = [
    terminal.paint('bold', plain(title)),
    '',
    ...planDiff(plan, names, terminal.paint),
    ...(open === undefined ? (options.dryRun ? [] : ['']) : ['', open]),
  ];
  if (isTold) await report(terminal, json, { plan }, lines.join('\n'));
  if (open !== undefined) return TO_SETTLE;
  if (options.dryRun) return OK;
  if (!options.yes && !(await terminal.confirm?.(`${plain(title)}: go on?`))) {
    terminal.note('Nothing was changed.');
    return FAILED;
  }
  const payload = await apply(caller, request, { ...choices, ...options }, plan);
  const record = await untilOver(remote, plan.appId, payload);
  const { text, exitCode } = outcomeOf(record, name);
  await report(terminal, json, { upgrade: record }, text);
  return exitCode;
}

function apply(
  caller: ApiCaller,
  { kind, ...request }: PlanRequest,
  { policy, resolutions, accept, reason }: Choices & PlanOptions,
  plan: Plan,
): Promise<UpgradePayload> {
  const [mutation, type] = kind === 'upgrade' ? ['upgradeApp', 'UpgradeAppInput'] : ['rollbackUpgrade', 'RollbackUpgradeInput'];
  const acceptDataLoss = accept.includes('data-loss');
  const input = { ...request, policy, resolutions, acceptDataLoss, reason, planFingerprint: plan.fingerprint };
  return caller.command<UpgradePayload>(mutation, type, UPGRADE_PAYLOAD, input);
}

/** What has to be answered before a plan can be carried out, in words; undefined where nothing has. */
function openQuestions({ conflicts, problems, risks }: Plan, { accept }: PlanOptions): string | undefined {
  const losses = accept.includes('data-loss') ? 0 : risks.filter(({ code }) => code === 'DATA_LOSS').length;
  const questions = [
    ...(conflicts.length > 0
      ? [`${counted(conflicts.length, 'conflict')} to settle, by --resolve one by one or by --prefer ours|theirs`]
      : []),
    ...(problems.length > 0 ? [`${counted(problems.length, 'problem')} in the way`] : []),
    ...(losses > 0 ? [`data would be lost in ${counted(losses, 'place')}: where that is meant, --accept data-loss`] : []),
  ];
  return questions.length === 0 ? undefined : `Not as it is: ${questions.join('; ')}.`;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
