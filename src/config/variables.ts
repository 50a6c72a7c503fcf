/** Environment variables. One that is empty is one that is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables one by one, and remembers which were asked for and what is wrong with them. Texts of secrets are never shown. */
export class Variables {
  readonly problems: string[] = [];
  readonly #asked = new Set<string>();

  constructor(private readonly env: Environment) {}

  text(name: string): string | undefined {
    this.#asked.add(name);
    return this.env[name] || undefined;
  }

  /** A whole number, written in digits, within bounds that are included. */
  integer(name: string, { fallback, min, max }: { readonly fallback: number; readonly min: number; readonly max: number }): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
    this.problems.push(`${name} is "${text}": a number from ${min} to ${max} is expected`);
    return fallback;
  }

  oneOf<Option extends string>(name: string, options: readonly Option[], fallback: Option): Option {
    const text = this.text(name);
    const option = options.find((candidate) => candidate === (text ?? fallback));
    if (option === undefined) this.problems.push(`${name} is "${text}": one of ${options.join(', ')} is expected`);
    return option ?? fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.oneOf(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  /** Texts between commas, without the spaces around them. */
  list(name: string): readonly string[] {
    const texts = (this.text(name) ?? '').split(',').map((text) => text.trim());
    return texts.filter((text) => text !== '');
  }

  /** Names of ours that nobody asked for: to be read when all has been. */
  get unknown(): readonly string[] {
    return Object.keys(this.env).filter((name) => name.startsWith('REGRAFT_') && !this.#asked.has(name));
  }
}
