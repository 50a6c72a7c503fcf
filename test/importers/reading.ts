import { importComposeProject } from '../../src/importers/compose/index.js';
import { ImportFailedError, type ComposeSource, type ImportedProject, type SourceFile } from '../../src/importers/imported-project.js';

/** What is given beside `compose.yaml`. */
export type Source = Omit<ComposeSource, 'files'> & { readonly files?: readonly SourceFile[] };

export function read(content: string, { files = [], ...rest }: Source = {}): ImportedProject {
  return importComposeProject({ files: [{ name: 'compose.yaml', content }, ...files], ...rest });
}

/** Files by name, as they are given. */
export function given(files: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(files).map(([name, content]) => ({ name, content }));
}

/** A project of one service, `a`, of these lines. */
export function of(lines: string): string {
  return `services:\n  a:\n${lines.replace(/^/gm, '    ')}\n`;
}

/** The one service of a project, as plain data. */
export function service(lines: string, source: Source = {}): Record<string, unknown> {
  return plain(read(of(lines), source).components[0]) as Record<string, unknown>;
}

export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

export function failure(content: string, source: Source = {}): ImportFailedError {
  try {
    read(content, source);
  } catch (error) {
    if (error instanceof ImportFailedError) return error;
    throw error;
  }
  throw new Error('it was read');
}

export function codes(content: string, source: Source = {}): string[] {
  return read(content, source).warnings.map(({ code }) => code);
}
