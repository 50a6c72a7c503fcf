/** Where values of variables come from. */
export interface Variables {
  get(name: string): string | undefined;
}

/** A required variable has no value. */
export class RequiredVariableError extends Error {
  override readonly name = 'RequiredVariableError';

  constructor(variable: string, message: string) {
    super(`the variable ${variable} is required${message ? `: ${message}` : ''}: give it in env`);
  }
}

export interface Interpolated {
  readonly text: string;
  /** Variables that were named plainly and have no value. */
  readonly unset: readonly string[];
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/**
 * Replaces variables in a text as the Compose specification says: `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?message}`,
 * `${VAR?message}`, `${VAR:+other}`, `${VAR+other}`, with variables within defaults; `$$` is a dollar sign. A `$` before anything else stands
 * for itself.
 * @throws RequiredVariableError.
 */
export function interpolate(text: string, variables: Variables): Interpolated {
  if (!text.includes('$')) return { text, unset: [] };
  const unset: string[] = [];
  let result = '';
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) break;
    result += text.slice(at, dollar);
    if (text[dollar + 1] === '$') {
      result += '$';
      at = dollar + 2;
      continue;
    }
    const braced = text[dollar + 1] === '{';
    const name = nameAt(text, dollar + (braced ? 2 : 1));
    const end = braced && name !== undefined ? closingBrace(text, dollar + 2 + name.length) : undefined;
    if (name === undefined || (braced && end === undefined)) {
      result += '$';
      at = dollar + 1;
      continue;
    }
    const rest = end === undefined ? '' : text.slice(dollar + 2 + name.length, end);
    const value = substitute(name, rest, variables, unset);
    result += value ?? text.slice(dollar, (end ?? dollar) + 1);
    at = end === undefined ? dollar + 1 + name.length : end + 1;
  }
  return { text: result + text.slice(at), unset };
}

/** @returns undefined where what follows the name is no operator: it is no variable then. */
function substitute(name: string, rest: string, variables: Variables, unset: string[]): string | undefined {
  const value = variables.get(name);
  if (rest === '') {
    if (value === undefined) unset.push(name);
    return value ?? '';
  }
  const [, colon, operator, word = ''] = /^(:?)([-?+])([^]*)$/.exec(rest) ?? [];
  if (operator === undefined) return undefined;
  const missing = value === undefined || (colon === ':' && value === '');
  const other = (): string => {
    const inner = interpolate(word, variables);
    unset.push(...inner.unset);
    return inner.text;
  };
  if (operator === '+') return missing ? '' : other();
  if (!missing) return value;
  if (operator === '-') return other();
  throw new RequiredVariableError(name, other());
}

function nameAt(text: string, at: number): string | undefined {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0];
}

/** The brace that closes the one before, past those of variables within. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '$' && text[at + 1] === '{') depth += 1;
    if (text[at] === '}' && --depth === 0) return at;
  }
  return undefined;
}
