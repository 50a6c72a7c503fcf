import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

/** Of Vite, by source file or chunk. */
type Manifest = Readonly<
  Record<string, { readonly file: string; readonly imports?: readonly string[]; readonly isDynamicEntry?: boolean }>
>;

const DIR = 'dist/console';
const LIMIT = 300_000;

describe('the JavaScript of the console', () => {
  const manifest = JSON.parse(readFileSync(`${DIR}/.vite/manifest.json`, 'utf8')) as Manifest;

  /** What loads before anything of it runs. */
  const loadedWith = (name: string, loaded = new Set<string>()): ReadonlySet<string> => {
    const { file, imports = [] } = manifest[name] ?? {};
    if (file === undefined || loaded.has(file)) return loaded;
    loaded.add(file);
    for (const other of imports) loadedWith(other, loaded);
    return loaded;
  };
  const sizeOf = (files: Iterable<string>): number =>
    [...files].reduce((sum, file) => sum + gzipSync(readFileSync(`${DIR}/${file}`)).length, 0);
  const pages = Object.keys(manifest).filter((name) => /^src\/pages\/[^/]+\/page\.tsx$/.test(name));

  it('is split by page', () => {
    expect(pages.length).toBeGreaterThan(1);
    const initially = loadedWith('index.html');
    for (const page of pages) expect(initially, page).not.toContain(manifest[page]?.file);
  });

  it(`is less than ${LIMIT / 1_000} kB, compressed, for what is opened first: the shell and the list of apps`, () => {
    const size = sizeOf(new Set([...loadedWith('index.html'), ...loadedWith('src/pages/apps/page.tsx')]));
    console.log(`console: ${Math.round(size / 1_000)} kB of JavaScript initially, compressed`);
    expect(size).toBeLessThan(LIMIT);
  });
});
