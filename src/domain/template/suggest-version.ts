import type { ManifestComparison } from '../compare/compare-manifests.js';
import type { RiskCode } from '../compare/risk.js';
import { compareVersions, parseVersion, type Version } from '../version.js';

const FIRST_VERSION = '1.0';
const BREAKING: ReadonlySet<RiskCode | undefined> = new Set<RiskCode>(['DATA_LOSS', 'BREAKS_CALLERS', 'MAJOR_IMAGE_CHANGE']);

export interface Suggestion {
  readonly version: string;
  readonly reason: string;
}

/** Of a maintenance line: the published version that comes next, and the largest of all. */
export interface Above {
  readonly next: Version;
  readonly largest: Version;
}

/**
 * The next version that the differences call for, in the spelling of the one that they are against, and why.
 * @param above given where larger versions are published: then it is below the next of them, if there is room.
 */
export function suggestVersion(base: Version | undefined, comparison: ManifestComparison | undefined, above?: Above): Suggestion {
  if (!base || !comparison) return { version: FIRST_VERSION, reason: 'it is the first version' };
  const wanted = wantedAfter(base, comparison);
  return above ? below(above, base, wanted) : wanted;
}

function wantedAfter(base: Version, comparison: ManifestComparison): Suggestion {
  if (base.prerelease.length > 0) {
    return { version: base.label.replace(/[-+].*$/, ''), reason: `${base.label} is a prerelease: its release comes next` };
  }
  const { level, reason } = levelOf(comparison);
  return { version: bump(base.label, level), reason };
}

/** What is wanted where it is free and below the next version; otherwise a smaller step, and at last one past all versions. */
function below({ next, largest }: Above, base: Version, wanted: Suggestion): Suggestion {
  const fits = (label: string): boolean => {
    const version = parseVersion(label);
    return version !== undefined && compareVersions(version, base) > 0 && compareVersions(version, next) < 0;
  };
  if (fits(wanted.version)) return wanted;
  const [label = ''] = base.label.split('+');
  const further = base.prerelease.length > 0 ? ['.1', '.0'] : ['.1', '.0.1', '.0.0.1', '.0.0.0.1'];
  const version = [bump(label, 2), ...further.map((part) => label + part)].find(fits);
  if (version !== undefined) return { version, reason: `${wanted.reason}; it stays below ${next.label}, which is published` };
  const reason = `${wanted.reason}; there is no room between ${base.label} and ${next.label}, which is published`;
  return { version: bump(largest.label, 2), reason };
}

function levelOf({ components, appFields }: ManifestComparison): { level: number; reason: string } {
  const named = (change: string): string[] => components.filter((component) => component.change === change).map(({ key }) => `"${key}"`);
  const removed = named('REMOVED');
  if (removed.length > 0) return { level: 0, reason: `${removed.join(', ')} removed: installs may depend on what goes` };
  const breaking = components.flatMap(({ fields }) => fields).find(({ risk }) => BREAKING.has(risk?.code));
  if (breaking?.risk) return { level: 0, reason: breaking.risk.message };
  const added = named('ADDED');
  if (added.length > 0) return { level: 1, reason: `${added.join(', ')} added` };
  const renamed = named('RENAMED');
  if (renamed.length > 0) return { level: 1, reason: `${renamed.join(', ')} renamed` };
  const grown = components.some(({ fields }) => fields.some(({ change }) => change === 'ADDED'));
  if (grown) return { level: 1, reason: 'settings added' };
  const changed = named('CHANGED');
  if (changed.length > 0 || appFields.length > 0) return { level: 2, reason: 'values changed, nothing added or removed' };
  return { level: 2, reason: 'nothing has changed since' };
}

/**
 * Raises one part of a label and sets those behind it to zero, padded as they are; a label that is too short has its last part raised, and one
 * whose part is as large as a version's can be the part before, or gets one more.
 */
function bump(label: string, level: number): string {
  const [, prefix = '', numbers = '0'] = /^(v?)([\d.]+)/i.exec(label) ?? [];
  const parts = numbers.split('.');
  for (let at = Math.min(level, parts.length - 1); at >= 0; at--) {
    const raised = prefix + parts.map((part, i) => (i < at ? part : padded(i === at ? Number(part) + 1 : 0, part))).join('.');
    if (parseVersion(raised)) return raised;
  }
  return `${prefix}${numbers}.1`;
}

/** A number with the leading zeros of the part that it takes the place of: `09` after `08`, `1` after `9`. */
function padded(value: number, like: string): string {
  return like.startsWith('0') ? String(value).padStart(like.length, '0') : String(value);
}
