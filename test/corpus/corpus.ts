import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ComposeSource } from '../../src/importers/imported-project.js';

const ROOT = fileURLToPath(new URL('../../../shared/corpus/compose', import.meta.url));

/** Whether the corpus of public projects is beside the project; a test over it is skipped, aloud, where it is not. */
export const hasCorpus = existsSync(ROOT);
if (!hasCorpus) console.warn(`The corpus is not at ../shared/corpus/compose: tests over it are skipped.`);

/** Variables that a project requires of its users, and so has no file for. */
const REQUIRED_ENV: Readonly<Record<string, string>> = { authentik: 'PG_PASS=a-password\nAUTHENTIK_SECRET_KEY=a-key\n' };

export interface CorpusVersion {
  readonly project: string;
  readonly version: string;
  readonly source: ComposeSource;
}

/** The versions of each project, in the order of its manifest (ascending). */
export function corpusProjects(): Map<string, CorpusVersion[]> {
  const projects = new Map<string, CorpusVersion[]>();
  if (!hasCorpus) return projects;
  for (const project of readdirSync(ROOT).sort()) {
    const folder = join(ROOT, project);
    const { versions } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      versions: { version: string; file: string; path: string; env_file?: string }[];
    };
    projects.set(
      project,
      versions.map(({ version, file, path, env_file }) => ({
        project,
        version,
        source: {
          files: [{ name: path, content: readFileSync(join(folder, file), 'utf8') }, ...filesBeside(join(folder, `${version}.files`))],
          ...(env_file !== undefined
            ? { env: readFileSync(join(folder, env_file), 'utf8') }
            : REQUIRED_ENV[project] && { env: REQUIRED_ENV[project] }),
        },
      })),
    );
  }
  return projects;
}

/** Files saved beside a version, by the path that they have in its repository. */
function filesBeside(folder: string): { name: string; content: string }[] {
  if (!existsSync(folder)) return [];
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ name: file.slice(folder.length + 1), content: readFileSync(file, 'utf8') }));
}
