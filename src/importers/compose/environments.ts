import type { Budget } from './budget.js';
import { parseDotenv, parseRawEnv, variablesOf, type EnvEntries } from './dotenv.js';
import type { GivenFile } from './files.js';

/** The variables that a project is read with; an included project may have its own. */
export interface Environment {
  /** Tells environments apart. */
  readonly id: string;
  readonly variables: ReadonlyMap<string, string>;
}

/** Reads files of variables, each once however often it is named. */
export class Environments {
  readonly #files = new Map<string, EnvEntries>();
  readonly #inner = new Map<string, Environment>();
  readonly outer: Environment;

  /** @param env text of the project's `.env`. */
  constructor(
    env: string,
    private readonly budget: Budget,
  ) {
    this.outer = { id: '', variables: variablesOf(parseDotenv(env, { budget, file: '.env' })) };
  }

  /** An environment that adds what files say, the later of them first, to an outer one, which wins. */
  within(outer: Environment, files: readonly GivenFile[]): Environment {
    const id = `${outer.id}|${files.map(({ path }) => JSON.stringify(path)).join()}`;
    const known = this.#inner.get(id);
    if (known) return known;
    const own = new Map<string, string>();
    for (const { path, content } of files) {
      const lookup = { get: (name: string) => outer.variables.get(name) ?? own.get(name) };
      const entries = parseDotenv(content ?? '', { outer: lookup, budget: this.budget, file: path });
      for (const [name, value] of variablesOf(entries)) own.set(name, value);
    }
    const environment = { id, variables: new Map([...own, ...outer.variables]) };
    this.#inner.set(id, environment);
    return environment;
  }

  /** The entries of an `env_file`; `raw` is a format in which nothing is unquoted or replaced. */
  entriesOf({ path, content }: GivenFile, raw: boolean, { id, variables }: Environment): EnvEntries {
    const key = JSON.stringify([path, raw, id]);
    const known = this.#files.get(key);
    if (known) return known;
    const options = { outer: variables, budget: this.budget, file: path };
    const entries = raw ? parseRawEnv(content ?? '', options) : parseDotenv(content ?? '', options);
    this.#files.set(key, entries);
    return entries;
  }
}
