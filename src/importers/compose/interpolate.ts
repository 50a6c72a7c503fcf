import { UnplacedError } from './place.js';
import type { Budget } from './budget.js';

/** Where values of variables come from. */
export interface Variables {
  get(name: string): string | undefined;
}

export interface Interpolated {
  readonly text: string;
  /** Variables that were named plainly and have no value. */
  readonly unset: readonly string[];
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /(:?)([-?+])/y;
const MAX_DEPTH = 32;

/**
 * Replaces variables in a text as the Compose specification says: `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?message}`,
 * `${VAR?message}`, `${VAR:+other}`, `${VAR+other}`, with variables within defaults; `$$` is a dollar sign. A `$` before anything but a name or
 * a brace stands for itself. Goes over the text once, whatever it holds.
 * @throws UnplacedError for a required variable without a value, a `${` that is none of the above, and what passes the budget.
 */
export function interpolate(text: string, variables: Variables, budget?: Budget): Interpolated {
  if (!text.includes('$')) return { text, unset: [] };
  const template = new Template(text, variables, budget);
  return { text: template.read(0, true), unset: template.unset };
}

class Template {
  readonly unset: string[] = [];
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly variables: Variables,
    private readonly budget: Budget | undefined,
  ) {}

  /**
   * Reads to the end of the text or, within a variable, to the brace that closes it.
   * @param live whether what is read counts: the word of a branch that is not taken is only skipped.
   */
  read(depth: number, live: boolean): string {
    if (depth > MAX_DEPTH) throw new UnplacedError(`variables are nested deeper than ${MAX_DEPTH} levels`);
    const special = depth === 0 ? /\$/g : /[$}]/g;
    let result = '';
    for (;;) {
      special.lastIndex = this.#at;
      const next = special.exec(this.text)?.index ?? this.text.length;
      if (live) result += this.text.slice(this.#at, next);
      this.#at = next;
      if (this.text[next] !== '$') return result;
      result += this.#dollar(depth, live);
    }
  }

  #dollar(depth: number, live: boolean): string {
    this.#at += 1;
    const next = this.text[this.#at];
    if (next === '$') this.#at += 1;
    else if (next === '{') return this.#braced(depth, live);
    const name = next === '$' ? undefined : this.#match(NAME)?.[0];
    if (name === undefined) return live ? '$' : '';
    return live ? this.#value(name) : '';
  }

  #braced(depth: number, live: boolean): string {
    const start = this.#at - 1;
    this.#at += 1;
    const name = this.#match(NAME)?.[0];
    if (name === undefined) throw this.#invalid(start);
    if (this.text[this.#at] === '}') {
      this.#at += 1;
      return live ? this.#value(name) : '';
    }
    const [, colon, operator] = this.#match(OPERATOR) ?? [];
    if (operator === undefined) throw this.#invalid(start);
    const value = this.variables.get(name);
    const missing = value === undefined || (colon === ':' && value === '');
    const takesWord = operator === '+' ? !missing : missing;
    const word = this.read(depth + 1, live && takesWord);
    if (this.text[this.#at] !== '}') throw this.#invalid(start);
    this.#at += 1;
    if (!live) return '';
    if (!takesWord) return operator === '+' ? '' : this.#substitute(value);
    if (operator === '?') throw new UnplacedError(`the variable ${name} is required${word ? `: ${word}` : ''}: give it in env`);
    return word;
  }

  #value(name: string): string {
    const value = this.variables.get(name);
    if (value === undefined) this.unset.push(name);
    return this.#substitute(value);
  }

  #substitute(value = ''): string {
    this.budget?.substitute(value.length);
    return value;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text);
    if (match) this.#at += match[0].length;
    return match;
  }

  #invalid(start: number): UnplacedError {
    const excerpt = this.text.slice(start, start + 30);
    return new UnplacedError(`"${excerpt}" is no variable that can be read: \${NAME}, \${NAME:-default}, ..., or $$ for a dollar sign`);
  }
}
