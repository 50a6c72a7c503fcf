import { emptyRecord } from '../../domain/json.js';
import { ImportFailedError, type ComposeSource, type SourceFile } from '../imported-project.js';
import { Budget } from './budget.js';
import { Environments, type Environment } from './environments.js';
import { Extender } from './extend.js';
import { mapAt } from './fields.js';
import { Files, folderOf } from './files.js';
import { Includer } from './include.js';
import { placeOf } from './place.js';
import { Reader, type Scope } from './reader.js';
import type { Tree, TreeMap } from './tree.js';
import type { Warnings } from './warnings.js';

/** A project with its files merged, included and extended into one. */
export interface LoadedProject extends Scope {
  readonly root: TreeMap;
  readonly services: TreeMap;
  readonly files: Files;
  readonly environments: Environments;
  readonly budget: Budget;
  /** The environment of a service: of the project that it is included with. */
  environmentOf(service: string): Environment;
}

/** @throws ImportFailedError. */
export function loadProject(source: ComposeSource, warnings: Warnings): LoadedProject {
  const [project, ...others] = source.files;
  if (!project) throw new ImportFailedError('no file is given');
  const written = source.files.reduce((sum, { content }) => sum + content.length, source.env?.length ?? 0);
  const budget = new Budget(written);
  const environments = new Environments(source.env ?? '', budget);
  const files = new Files(source.files);
  const loader = new ProjectLoader(new Reader(files, environments, budget, warnings));
  const scope: Scope = { folder: folderOf(project.name), environment: environments.outer };
  const root = loader.load([project, ...others.filter(({ overlay }) => overlay)], scope, []);
  const services = mapAt(root, 'services') ?? emptyRecord<Tree>();
  const environmentOf = (service: string): Environment => loader.environmentOf(service) ?? environments.outer;
  return { ...scope, root, services, files, environments, budget, environmentOf };
}

/** A project that is a tree already: nothing is beside it, neither files nor variables, and it is as large as it is. */
export function loadedTree(root: TreeMap): LoadedProject {
  const budget = new Budget(Infinity);
  budget.read(Infinity);
  const environments = new Environments('', budget);
  const { outer } = environments;
  const services = mapAt(root, 'services') ?? emptyRecord<Tree>();
  return { folder: '.', environment: outer, root, services, files: new Files([]), environments, budget, environmentOf: () => outer };
}

class ProjectLoader {
  readonly #extender: Extender;
  readonly #includer: Includer;

  constructor(private readonly reader: Reader) {
    this.#extender = new Extender(reader);
    this.#includer = new Includer(reader, (files, scope, including) => this.load(files, scope, including));
  }

  /** Merges a project file with its overlays, each after what it includes and with its services extended. */
  load(files: readonly SourceFile[], scope: Scope, including: readonly string[]): TreeMap {
    let merged: TreeMap = emptyRecord<Tree>();
    for (const given of files) {
      const file = this.reader.parse(given, scope);
      const own = this.#extender.extendAll(file);
      const included = this.#includer.includeAll(file, own, including);
      if (included) merged = this.reader.merge(merged, included, placeOf(file.root, 'include'));
      merged = this.reader.merge(merged, own, { file: file.name, line: 1 });
    }
    return merged;
  }

  environmentOf(service: string): Environment | undefined {
    return this.#includer.environmentsOf.get(service);
  }
}
