import type { Digest, TemplateComponentId, TemplateId } from '../ids.js';
import { jsonEqual, type Json } from '../json.js';
import { findVersion, type Release, type TemplateState } from '../template/state.js';
import { parseVersion } from '../version.js';
import type { Asking } from './asking.js';
import { layerValue, type Layer, type Place } from './standing.js';

/** The templates that an app has, or had, installed. */
export type Templates = ReadonlyMap<TemplateId, TemplateState>;

/** A release that gave a component, or the app-level content, another content than the release that it is based on; undefined where it took it away. */
interface Setting {
  readonly release: Release;
  readonly digest: Digest | undefined;
}

/** Contents that are read at once: a value is mostly set a few releases back. */
const BATCH = 16;

/** The content of a component, or (undefined) the app-level content, in a published version; undefined where it has none. */
export function contentIn(
  templates: Templates,
  templateId: TemplateId,
  label: string,
  of: TemplateComponentId | undefined,
): Digest | undefined {
  const release = releaseOf(templates, templateId, label);
  return release && settings(release, of).next().value?.digest;
}

/**
 * The release that set what a layer's base has at a place: the newest one, from the version that the layer stands at back along what each release
 * is based on, whose value there is another than before. Costs the releases of that chain, in memory, and the contents of those in which
 * the component changed, back to the one that is found.
 * @returns undefined where no release of that chain has this content.
 */
export function* settingRelease(
  { base, template }: Pick<Layer, 'template'> & { readonly base: Digest | undefined },
  of: TemplateComponentId | undefined,
  place: Place,
  templates: Templates,
): Asking<Release | undefined> {
  const release = template && releaseOf(templates, template.templateId, template.version);
  const chain = release ? [...settings(release, of)] : [];
  const start = chain.findIndex(({ digest }) => digest === base);
  if (start < 0) return undefined;
  let value: Json | undefined;
  let setter: Setting | undefined;
  for (let from = start; from < chain.length; from += BATCH) {
    const batch = chain.slice(from, from + BATCH);
    const lookup = yield batch.flatMap(({ digest }) => digest ?? []);
    for (const setting of batch) {
      const before = setting.digest && layerValue({ base: setting.digest, patch: undefined }, place, lookup);
      if (setter && !jsonEqual(value, before)) return setter.release;
      setter = setting;
      value = before;
    }
  }
  return value === undefined ? undefined : setter?.release;
}

/** From a release back to the first of its chain. */
function* settings(release: Release, of: TemplateComponentId | undefined): Generator<Setting, undefined, void> {
  for (let at: Release | undefined = release; at; at = at.basedOn) {
    const { set, removed, content }: Release['difference'] = at.difference;
    if (of === undefined) {
      yield { release: at, digest: content };
      continue;
    }
    const entry = set.find(({ templateComponentId }) => templateComponentId === of);
    if (entry) yield { release: at, digest: entry.digest };
    else if (removed.includes(of)) yield { release: at, digest: undefined };
  }
}

function releaseOf(templates: Templates, templateId: TemplateId, label: string): Release | undefined {
  const version = parseVersion(label);
  const template = templates.get(templateId);
  return version && template && findVersion(template, version);
}
