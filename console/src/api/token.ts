/** The token that this tab asks with. It is gone with the tab: a console leaves none behind on a machine. */
const KEY = 'regraft.token';

type Listener = () => void;

class Session {
  readonly #listeners = new Set<Listener>();
  #isAsked = false;

  get token(): string | undefined {
    return sessionStorage.getItem(KEY) ?? undefined;
  }

  /** Whether the server wants a token, or another one. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** The server let nobody in with what it was given. */
  ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#tell();
  }

  enter(token: string): void {
    sessionStorage.setItem(KEY, token);
    this.#isAsked = false;
    this.#tell();
  }

  leave(): void {
    sessionStorage.removeItem(KEY);
    this.#tell();
  }

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const session = new Session();
