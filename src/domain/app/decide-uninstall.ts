import { compareTrees } from '../compare/compare-trees.js';
import { withRisks } from '../compare/risks.js';
import { accept, refuse, type Decision } from '../decision.js';
import type { ContentLookup } from '../definition/content.js';
import type { PlanProblem } from '../upgrade/plan.js';
import { dependencyMissing } from '../upgrade/problems.js';
import type { UninstallTemplate } from './commands.js';
import { definitionOf } from './components.js';
import { refuseDataLoss, type RiskedField } from './data-loss.js';
import { refuseProblems } from './apply-plan.js';
import type { AppEvent } from './events.js';
import { requiredNeeds } from './references.js';
import { standingView, type AppComponent, type AppView } from './state.js';
import { upgradeRunning } from './under-way.js';

/**
 * Takes an installation out of the app: its components go, whatever was changed of them here, and their keys are free again. Refused where another
 * component cannot be without one of them, and where their persistent volumes would go unaccepted.
 * @param lookup holds the contents of all components of the app, and of those that stand beneath upgrades that are under way.
 */
export function uninstallTemplate(command: UninstallTemplate, view: AppView, lookup: ContentLookup): Decision<AppEvent> {
  const { installationId, acceptDataLoss } = command;
  const installation = view.state.installations.get(installationId);
  if (!installation) return refuse('NOT_FOUND', `the app has no installation ${installationId}`, { installationId });
  const run = view.underWay.of(installationId);
  if (run) throw upgradeRunning('the installation cannot be taken out of the app', run);
  const going = view.components.filter((component) => belongsTo(component, command));
  const refusal =
    refuseProblems(dependantsOf(going, command, view, lookup)) ??
    refuseDataLoss(
      going.flatMap((component) => fieldsOf(component, view, lookup)),
      acceptDataLoss,
    );
  if (refusal) return refusal;
  const { templateId, version } = installation;
  return accept([{ type: 'TemplateUninstalled', data: { appId: view.state.appId, installationId, templateId, version, acceptDataLoss } }]);
}

function belongsTo(component: AppComponent, { installationId }: UninstallTemplate): boolean {
  return component.origin === 'installed' && component.installationId === installationId;
}

/**
 * What stays and cannot be without what goes: as it is to be, and as it stands where an upgrade that is under way may yet fail. What was missing before
 * is no reason to keep anything.
 */
function dependantsOf(going: readonly AppComponent[], command: UninstallTemplate, view: AppView, lookup: ContentLookup): PlanProblem[] {
  const keys = new Set(going.map(({ key }) => key));
  const views = view.underWay.runs.length > 0 ? [view, standingView(view)] : [view];
  const found = views.flatMap((each) =>
    each.components
      .filter((component) => !belongsTo(component, command))
      .flatMap((component) => {
        const needs = requiredNeeds(definitionOf(component, each, lookup)).filter((need) => keys.has(need));
        return needs.map((need) => dependencyMissing(component.key, need));
      }),
  );
  return [...new Map(found.map((problem) => [problem.message, problem])).values()];
}

function fieldsOf(component: AppComponent, view: AppView, lookup: ContentLookup): RiskedField[] {
  const definition = definitionOf(component, view, lookup);
  const gone = withRisks(definition, undefined, compareTrees(definition, undefined));
  return gone.map(({ path, risk }) => ({ componentKey: component.key, path, ...(risk && { risk }) }));
}
