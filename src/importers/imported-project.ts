import type { AppContent, Definition } from '../domain/definition/definition.js';

/** A file as the client gave it; its name is a path, which other files may name it by. */
export interface SourceFile {
  readonly name?: string;
  readonly content: string;
  readonly overlay?: boolean;
}

/** The first file is the project; others are overlays, in order, or files that these name. */
export interface ComposeSource {
  readonly files: readonly SourceFile[];
  /** Text of a `.env` file: the only environment there is. */
  readonly env?: string;
  readonly profiles?: readonly string[];
}

export interface ImportWarning {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly suggestion?: string;
}

export interface ImportedProject {
  readonly components: readonly Definition[];
  readonly content: AppContent;
  readonly warnings: readonly ImportWarning[];
}

/** The project cannot be read; says where. */
export class ImportFailedError extends Error {
  override readonly name = 'ImportFailedError';
  readonly type = 'import-failed';

  constructor(
    readonly reason: string,
    readonly file?: string,
    readonly line?: number,
  ) {
    const place = [file, line].filter((part) => part !== undefined).join(':');
    super(place ? `${place}: ${reason}` : reason);
  }
}
