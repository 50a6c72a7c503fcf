import { posix } from 'node:path';
import type { SourceFile } from '../imported-project.js';

/** The files that the client gave, by their path. */
export class Files {
  readonly #contents = new Map<string, string>();

  constructor(files: readonly SourceFile[]) {
    for (const { name, content } of files) if (name) this.#contents.set(posix.normalize(name), content);
  }

  read(path: string): string | undefined {
    return this.#contents.get(path);
  }

  /** Files in a folder, with their paths from there. */
  below(path: string): (readonly [string, string])[] {
    const prefix = path === '.' ? '' : `${path.replace(/\/$/, '')}/`;
    return [...this.#contents]
      .filter(([name]) => name.startsWith(prefix) && name !== prefix)
      .map(([name, content]) => [name.slice(prefix.length), content]);
  }
}

/** The path of what a file names, seen from where all paths are seen from. */
export function pathFrom(file: string | undefined, reference: string): string {
  return posix.normalize(posix.join(posix.dirname(file ?? ''), reference));
}

/** Whether a mount's source is a path, not the name of a volume. */
export function isPath(source: string): boolean {
  return /^(\.{1,2}(\/|$)|[/~]|[A-Za-z]:\\)/.test(source);
}
