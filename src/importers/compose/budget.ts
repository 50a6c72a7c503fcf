import { UnplacedError } from './place.js';

/** What an import may make beyond what its files say: a bound against small inputs that unfold to more than anybody wrote. */
const MAX_VALUES = 500_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** Entries that merging may go over: overlays, `extends`, merge keys, includes. */
const MAX_MERGED = 2_000_000;

interface Amount {
  readonly values: number;
  readonly characters: number;
}

/** One for an import. Its methods throw an UnplacedError once a limit is passed. */
export class Budget {
  #writtenValues = 0;
  #values = 0;
  #characters = 0;
  #substituted = 0;
  #merged = 0;

  /** @param written characters of all that is given: so much may be made without unfolding anything. */
  constructor(private readonly written: number) {}

  /** Values that a file spells out itself; they may be made without unfolding anything. */
  read(values: number): void {
    this.#writtenValues += values;
  }

  /** Whether a tree may be walked with its aliases spelled out. */
  admit({ values, characters }: Amount): void {
    if (values > this.#writtenValues + MAX_VALUES) throw tooLarge(`more than ${MAX_VALUES} values beyond those written`);
    if (characters > this.written + MAX_CHARACTERS) throw tooLarge(`more than ${MAX_CHARACTERS} characters beyond those written`);
  }

  /** What goes into definitions. */
  make({ values, characters }: Amount): void {
    this.#values += values;
    this.#characters += characters;
    this.admit({ values: this.#values, characters: this.#characters });
  }

  /** Characters that variables stand for. */
  substitute(characters: number): void {
    this.#substituted += characters;
    if (this.#substituted > this.written + MAX_CHARACTERS) throw tooLarge(`more than ${MAX_CHARACTERS} characters of variables`);
  }

  merge(entries: number): void {
    this.#merged += entries;
    if (this.#merged > MAX_MERGED) throw tooLarge(`more than ${MAX_MERGED} entries to merge`);
  }
}

function tooLarge(what: string): UnplacedError {
  return new UnplacedError(`the project unfolds to ${what}`);
}
