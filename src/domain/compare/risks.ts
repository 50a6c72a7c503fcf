import type { Definition } from '../definition/definition.js';
import { parsePointer, pointerOf, type Pointer } from '../pointer.js';
import { parseVersion } from '../version.js';
import type { FieldDifference } from './compare-trees.js';
import { lessThan, parseCpu, parseMemory } from './quantities.js';
import type { Risk } from './risk.js';

/**
 * Marks the differences that are known to hurt when `before` becomes `after`. A thing of several leaves (a volume, a port) is marked once, at
 * the leaf that decides.
 * @param after undefined where the component as a whole goes.
 */
export function withRisks(
  before: Definition | undefined,
  after: Definition | undefined,
  differences: readonly FieldDifference[],
): FieldDifference[] {
  if (!before) return [...differences];
  return differences.map((difference) => {
    const risk = riskOf(before, after, difference);
    return risk ? { ...difference, risk } : difference;
  });
}

function riskOf(before: Definition, after: Definition | undefined, difference: FieldDifference): Risk | undefined {
  const { field } = difference;
  if (field === 'VOLUME') return volumeRisk(before, after, difference);
  if (field === 'PORT') return portRisk(before, difference);
  if (field === 'IMAGE') return imageRisk(before, difference);
  if (field === 'RESOURCES') return resourcesRisk(before, difference);
  if (field !== 'ENV' || !after || difference.change !== 'REMOVED') return undefined;
  return { code: 'VARIABLE_REMOVED', message: `${before.key}: the variable ${lastToken(difference.path)} is removed` };
}

function volumeRisk(before: Definition, after: Definition | undefined, { path }: FieldDifference): Risk | undefined {
  const [, mountPath = ''] = parsePointer(path) ?? [];
  const old = before.volumes?.[mountPath];
  if (old?.kind !== 'PERSISTENT') return undefined;
  const entry = pointerOf('volumes', mountPath);
  const now = after?.volumes?.[mountPath];
  if (!now) {
    if (path !== `${entry}/kind`) return undefined;
    const elsewhere = old.name && Object.entries(after?.volumes ?? {}).find(([, volume]) => volume.name === old.name)?.[0];
    return {
      code: 'DATA_LOSS',
      message: elsewhere
        ? `${before.key}: the persistent volume "${old.name}" moves from ${mountPath} to ${elsewhere}`
        : `${before.key}: the persistent volume at ${mountPath} is removed, and its data with it`,
    };
  }
  if (path === `${entry}/name` || path === `${entry}/kind`) {
    return { code: 'DATA_LOSS', message: `${before.key}: another volume takes the place of the persistent one at ${mountPath}` };
  }
  return undefined;
}

function portRisk(before: Definition, { path, change, after }: FieldDifference): Risk | undefined {
  const [, port = '', leaf = '', published = ''] = parsePointer(path) ?? [];
  const closed = leaf === 'exposed' && (change === 'REMOVED' || after === false) && before.ports?.[port];
  if (closed) return { code: 'BREAKS_CALLERS', message: `${before.key}: port ${port} is closed` };
  if (leaf === 'published' && change === 'REMOVED') {
    return { code: 'BREAKS_CALLERS', message: `${before.key}: port ${port} is no longer published at ${published}` };
  }
  return undefined;
}

function imageRisk(before: Definition, { before: from, after: to }: FieldDifference): Risk | undefined {
  if (typeof from !== 'string' || typeof to !== 'string') return undefined;
  const old = majorOfImage(from);
  const now = majorOfImage(to);
  if (!old || old.repository !== now?.repository || old.major === now.major) return undefined;
  return { code: 'MAJOR_IMAGE_CHANGE', message: `${before.key}: ${now.repository} goes from major version ${old.major} to ${now.major}` };
}

/** Repository and major version of an image reference whose tag starts with a version: `redis:7.2-alpine` is major 7 of `redis`. */
function majorOfImage(reference: string): { repository: string; major: number } | undefined {
  const [name = ''] = reference.split('@');
  const colon = name.lastIndexOf(':');
  if (colon < 0 || name.includes('/', colon)) return undefined;
  const version = parseVersion(name.slice(colon + 1));
  return version && { repository: name.slice(0, colon), major: version.semver.major };
}

function resourcesRisk(before: Definition, { path, before: from, after: to }: FieldDifference): Risk | undefined {
  if (typeof from !== 'string' || typeof to !== 'string') return undefined;
  const parse = path === '/resources/memory' ? parseMemory : parseCpu;
  if (!lessThan(parse(to), parse(from))) return undefined;
  return { code: 'LESS_RESOURCES', message: `${before.key}: ${lastToken(path)} is lowered from ${from} to ${to}` };
}

function lastToken(path: Pointer): string {
  return parsePointer(path)?.at(-1) ?? '';
}
