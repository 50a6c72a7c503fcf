import type { InstallationRow } from '../../../projections/apps/queries.js';
import { bindingKey } from '../../domain/app/bindings.js';
import { definitionOf, digestsOf } from '../../domain/app/components.js';
import { isBound, openValuesOf, type OpenValue as Open } from '../../domain/definition/open-values.js';
import type { Loaders } from '../loaders.js';
import type { VersionNode } from '../nodes.js';
import type { OpenValue } from './secret.types.js';

/** What an installation has open, and no value is bound to. */
export async function missingValuesOf(loaders: Loaders, { id, appId }: InstallationRow): Promise<OpenValue[]> {
  const [view, bound] = await Promise.all([loaders.appView.load(appId), loaders.bindingsOfInstallation.load(id)]);
  const components = view.components.filter((component) => component.origin === 'installed' && component.installationId === id);
  const lookup = await loaders.contents.load(components.flatMap(digestsOf));
  const places = new Set(bound.map(({ componentId, path }) => bindingKey({ componentId, path })));
  return components.flatMap((component) => {
    const { componentId, key } = component;
    const open = openValuesOf(definitionOf(component, view, lookup));
    return open.filter((each) => !isBound(each) || !places.has(bindingKey({ componentId, path: each.path }))).map(toOpenValue(key));
  });
}

/** What a version leaves to those who install it. */
export async function openValuesOfVersion(loaders: Loaders, { releaseId }: VersionNode): Promise<OpenValue[]> {
  const entries = [...(await loaders.manifest.load(releaseId)).components.values()];
  const lookup = await loaders.contents.load(entries.map(({ digest }) => digest));
  return entries.flatMap(({ key, digest }) =>
    openValuesOf(lookup.definition(digest))
      .filter(({ generated }) => !generated)
      .map(toOpenValue(key)),
  );
}

function toOpenValue(componentKey: string): (open: Open) => OpenValue {
  return ({ name, path, secret, description }) => ({ componentKey, name, path, secret, description: description ?? null });
}
