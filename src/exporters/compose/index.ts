import type { AppContent, Definition } from '../../domain/definition/definition.js';
import type { Tree } from '../../domain/definition/leaves.js';
import { diffTrees } from '../../domain/definition/patch.js';
import type { Json, JsonObject } from '../../domain/json.js';
import { mapAppContent } from '../../importers/compose/app-extra.js';
import { configContents } from '../../importers/compose/configs.js';
import { EXTENSION } from '../../importers/compose/extension.js';
import { loadedTree } from '../../importers/compose/load.js';
import { mapService, type ServiceContext } from '../../importers/compose/service.js';
import { treeOf, type TreeMap } from '../../importers/compose/tree.js';
import { Warnings } from '../../importers/compose/warnings.js';
import { ImportFailedError } from '../../importers/imported-project.js';
import { inactiveServices } from './beside.js';
import { objectOf, sortedEntries, unlessEmpty } from './json.js';
import { plainProject } from './plain.js';
import { printFile } from './print.js';

/**
 * Writes the components of an app, and its app-level content, as a Compose file that `importComposeProject` reads back to the same digests, as the
 * only file and without variables. What Compose can say is said in Compose; the rest is found by importing that, and comparing: the difference
 * stands in `x-regraft` (`src/importers/compose/extension.ts`), of a service or of the project. Equal contents give equal texts. Linear in their size.
 */
export function exportCompose(components: readonly Definition[], content: AppContent): string {
  const inOrder = [...components].sort((left, right) => (left.key < right.key ? -1 : 1));
  return printFile(
    unlessRefused(
      () => projectOf(inOrder, content, content),
      () => projectOf(inOrder, content, {}),
    ),
  );
}

/** @param said what of the content is said in Compose. */
function projectOf(components: readonly Definition[], content: AppContent, said: AppContent): JsonObject {
  const plain = plainProject(components, said);
  const { services, beside } = plain;
  const inactive = inactiveServices(components, said);
  const context = contextOf(beside, services, inactive);
  const active = new Map<string, TreeMap>();
  const written = components.map((definition): [string, JsonObject] => {
    const { key } = definition;
    const extended = (service: JsonObject): JsonObject => {
      const tree = treeOf(service);
      const imported = mapService(key, tree, context);
      active.set(key, tree);
      return { ...service, ...extension(imported, definition) };
    };
    return [
      key,
      unlessRefused(
        () => extended(services.get(key) ?? {}),
        () => extended(plain.bareService(definition)),
      ),
    ];
  });
  const imported = mapAppContent({ ...context, active, inactive: new Map(Object.entries(treeOf(inactive)) as [string, TreeMap][]) });
  const { name, ...others } = beside;
  return objectOf([
    ['name', name],
    ['services', objectOf([...written, ...Object.entries(inactive)])],
    ...Object.entries(others),
    ...Object.entries(extension(imported, content)),
  ]);
}

/** What services are imported in: the same project as a file, with nothing beside it. */
function contextOf(beside: JsonObject, services: ReadonlyMap<string, JsonObject>, inactive: JsonObject): ServiceContext {
  const project = loadedTree(treeOf({ ...beside, services: objectOf([...services, ...Object.entries(inactive)]) }));
  const active = new Map([...services.keys()].map((key) => [key, project.services[key] as TreeMap]));
  return { project, active, configs: configContents(project), warnings: new Warnings() };
}

/** What the import has to do upon what Compose says, where there is anything. */
function extension(imported: Tree, wanted: Tree): JsonObject {
  const patch = diffTrees(imported, wanted);
  if (!patch) return {};
  const set: JsonObject = objectOf(sortedEntries(patch.set));
  return {
    [EXTENSION]: objectOf([
      ['set', unlessEmpty(set)],
      ['unset', unlessEmpty<readonly Json[]>(patch.unset)],
    ]),
  };
}

/** What `extra` holds need not be what Compose can read: it is then left to the extension. */
function unlessRefused<T>(run: () => T, otherwise: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ImportFailedError) return otherwise();
    throw error;
  }
}
