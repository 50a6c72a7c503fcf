import { posix } from 'node:path';
import type { SourceFile } from '../imported-project.js';

/** A file that the client gave. Null in place of its content where it holds a secret: nothing may take it in. */
export interface GivenFile {
  readonly path: string;
  readonly content: string | null;
}

/** The files that the client gave, by their path. */
export class Files {
  readonly #contents = new Map<string, string>();
  readonly #secret = new Set<string>();
  readonly #projects = new Set<string>();
  #sorted: readonly string[] | undefined;

  constructor(files: readonly SourceFile[]) {
    for (const { name, content } of files) if (name) this.#contents.set(posix.normalize(name), content);
  }

  find(path: string): GivenFile | undefined {
    const content = this.#contents.get(path);
    return content === undefined ? undefined : { path, content: this.#secret.has(path) ? null : content };
  }

  /** Files in a folder, by path. */
  below(folder: string): GivenFile[] {
    const prefix = folder === '.' ? '' : `${folder.replace(/\/$/, '')}/`;
    this.#sorted ??= [...this.#contents.keys()].sort();
    const found: GivenFile[] = [];
    for (let i = lowerBound(this.#sorted, prefix); this.#sorted[i]?.startsWith(prefix); i++) {
      const file = this.find(this.#sorted[i] ?? '');
      if (file && file.path !== prefix) found.push(file);
    }
    return found;
  }

  /** Whether a folder holds a file of the project itself: it is sources, not configuration. */
  holdsProject(folder: string): boolean {
    return [...this.#projects].some((path) => folder === '.' || path.startsWith(`${folder.replace(/\/$/, '')}/`));
  }

  markProject(path: string): void {
    this.#projects.add(posix.normalize(path));
  }

  /** Says that a file holds a secret, whatever else names it. */
  hide(path: string): void {
    this.#secret.add(path);
  }
}

/** Index of the first text that is not smaller. */
function lowerBound(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The path of what is named from a folder, as the client's files are named. */
export function resolvePath(folder: string, reference: string): string {
  return posix.normalize(isAbsolute(reference) ? reference : posix.join(folder, reference));
}

export function folderOf(file: string | undefined): string {
  return posix.dirname(file ?? '');
}

/** Whether a mount's source is a path, not the name of a volume. */
export function isPath(source: string): boolean {
  return isAbsolute(source) || /^\.{1,2}(\/|$)/.test(source);
}

/** Whether a path is the same from every folder: absolute, of a home folder, or of Windows. */
export function isAbsolute(path: string): boolean {
  return /^([/~]|[A-Za-z]:\\)/.test(path);
}
