import type { ComponentPlan, FieldPlan, Plan } from '../apps/plan-query.js';
import { plain, type Paint } from '../paint.js';
import { riskLine, unchangedLine } from './components.js';
import { fieldChange, sideText, type Side } from './field.js';
import { fieldName, placeName } from './place.js';

/** How a plan calls its sides: an upgrade takes from the template, a rollback from what was before. */
export interface SideNames {
  readonly ours: string;
  readonly theirs: string;
}

/** A plan as a diff: what becomes of each component, of each field, what stays as it is here, and what is to be settled. */
export function planDiff(plan: Plan, names: SideNames, paint: Paint): string[] {
  const shown = plan.components.filter(({ action, fields }) => action !== 'KEEP' || fields.length > 0);
  const unchanged = plan.components.filter((component) => !shown.includes(component)).map(({ key }) => key);
  return [
    ...shown.flatMap((component) => componentLines(component, names, paint)),
    ...(plan.appFields.length > 0 ? [paint('cyan', '~ (app-level content)'), ...indented(plan.appFields, names, paint)] : []),
    ...unchangedLine(unchanged, paint),
    ...plan.problems.map(({ code, message, proposal }) =>
      paint('red', `! ${code}: ${plain(message)}${proposal === null ? '' : ` (free: ${plain(proposal)})`}`),
    ),
    ...plan.pending.map(({ key, fromVersion, toVersion }) =>
      paint(
        'yellow',
        `  ${plain(key)} stays behind: ${fromVersion === null ? 'not there' : plain(fromVersion)}, to go to ${plain(toVersion)}`,
      ),
    ),
    ...plan.notes.flatMap(({ version, notes }) =>
      notes === null
        ? []
        : [
            '',
            `Notes of ${plain(version)}:`,
            ...plain(notes)
              .split('\n')
              .map((line) => `  ${line}`),
          ],
    ),
  ];
}

function componentLines({ key, action, fields }: ComponentPlan, names: SideNames, paint: Paint): string[] {
  const name = plain(key);
  switch (action) {
    case 'ADD':
      return [
        paint('green', `+ ${name}`),
        ...indented(
          fields.filter(({ path }) => path !== '/key'),
          names,
          paint,
        ),
      ];
    case 'REMOVE':
      return [paint('red', `- ${name}`), ...indented(fields.filter(isWorthASight), names, paint)];
    case 'EXCLUDED':
      return [paint('dim', `  ${name} was removed here, and stays away`)];
    case 'KEEP':
    case 'UPDATE':
      return [paint('cyan', `~ ${name}`), ...indented(fields, names, paint)];
  }
}

/** Of a component that goes, not all that goes with it. */
function isWorthASight({ outcome, risk }: FieldPlan): boolean {
  return outcome === 'CONFLICT' || outcome === 'RESOLVED' || risk !== null;
}

function indented(fields: readonly FieldPlan[], names: SideNames, paint: Paint): string[] {
  return fields.flatMap((field) => fieldLines(field, names, paint)).map((line) => `    ${line}`);
}

function fieldLines(field: FieldPlan, names: SideNames, paint: Paint): string[] {
  const name = fieldName(field.path) || '(the whole component)';
  return [...outcomeLines(field, name, names, paint), ...riskLine(field.risk, paint)];
}

function outcomeLines(field: FieldPlan, name: string, { ours, theirs }: SideNames, paint: Paint): string[] {
  const [base, local, target, result] = (['BASE', 'LOCAL', 'TARGET', 'RESULT'] as const).map((side) => sideOf(field, side));
  switch (field.outcome) {
    case 'TAKE_TEMPLATE':
      return fieldChange(name, local, result, paint);
    case 'MERGED':
      return [paint('dim', `  ${plain(name)}: both changed it, and both changes are in it`), ...fieldChange(name, local, result, paint)];
    case 'KEEP_LOCAL':
      return [`  ${plain(name)}: ${sideText(result)}   ${paint('dim', `(kept as ${ours}; ${theirs}: ${sideText(target)})`)}`];
    case 'CONVERGED':
      return [paint('dim', `  ${plain(name)}: ${sideText(result)}   (the same on both sides)`)];
    case 'RESOLVED':
      return [
        ...(sideText(local) === sideText(result) ? [`  ${plain(name)}: ${sideText(result)}`] : fieldChange(name, local, result, paint)),
        paint('dim', `    (as chosen; ${ours}: ${sideText(local)}; ${theirs}: ${sideText(target)})`),
      ];
    case 'CONFLICT':
      return [
        paint('yellow', `! ${plain(name)}: conflict`),
        `    before  ${sideText(base)}`,
        `    ours    ${sideText(local)}   ${paint('dim', `(${ours})`)}`,
        `    theirs  ${sideText(target)}   ${paint('dim', `(${theirs})`)}`,
        ...hunkLines(field, paint),
        paint(
          'dim',
          `    settle by --resolve '${plain(placeName(field)).replaceAll("'", `'\\''`)}=ours' (or =theirs, or =<another value>)`,
        ),
      ];
  }
}

function sideOf(field: FieldPlan, side: FieldPlan['presentIn'][number]): Side {
  if (!field.presentIn.includes(side)) return undefined;
  if (field.secret) return 'secret';
  return { value: { BASE: field.base, LOCAL: field.local, TARGET: field.target, RESULT: field.result }[side] };
}

/** Where texts of several lines clash, as merge tools write it. */
function hunkLines({ hunks }: FieldPlan, paint: Paint): string[] {
  return (hunks ?? []).flatMap(({ local, target }) => [
    paint('dim', `    <<<<<<< ours, line ${local.start}`),
    ...local.lines.map((line) => `    ${plain(line.replace(/\r?\n$/, ''))}`),
    paint('dim', '    ======='),
    ...target.lines.map((line) => `    ${plain(line.replace(/\r?\n$/, ''))}`),
    paint('dim', `    >>>>>>> theirs, line ${target.start}`),
  ]);
}
