import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

const IN_MEMORY = ':memory:';

/**
 * The files of the read models. Each time they are made anew is a generation with a file of its own: those of `read-model.db` are
 * `read-model-1.db`, `read-model-2.db`, and so on. Generation 0, without a number, is what older programs wrote.
 */
export class GenerationFiles {
  readonly #folder: string;
  readonly #stem: string;
  readonly #extension: string;

  /** @param path without the number, or `:memory:`. */
  constructor(private readonly path: string) {
    this.#folder = dirname(path);
    this.#extension = extname(path);
    this.#stem = basename(path, this.#extension);
  }

  pathOf(generation: number): string {
    if (this.path === IN_MEMORY || generation === 0) return this.path;
    return join(this.#folder, `${this.#stem}-${generation}${this.#extension}`);
  }

  /** The generations that have a file, newest first. */
  list(): number[] {
    if (this.path === IN_MEMORY) return [];
    const start = `${this.#stem}-`;
    const names = readdirSync(this.#folder);
    const numbers = names
      .filter((name) => name.startsWith(start) && name.endsWith(this.#extension))
      .map((name) => name.slice(start.length, name.length - this.#extension.length))
      .filter((number) => /^[1-9]\d*$/.test(number))
      .map(Number);
    if (names.includes(basename(this.path))) numbers.push(0);
    return numbers.sort((left, right) => right - left);
  }

  delete(generation: number): void {
    if (this.path === IN_MEMORY) return;
    for (const suffix of ['', '-wal', '-shm']) rmSync(this.pathOf(generation) + suffix, { force: true });
  }
}
