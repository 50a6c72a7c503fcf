import { setTimeout as delay } from 'node:timers/promises';
import { createClient, CreateAppDocument, RegraftError, UpdateAppDocument, type RegraftClient } from '@regraft/client';

const AT_ONCE = 20;

/** Edits apps over the API, and sends again what was not answered, with the same commandId, until it is. */
export class Editors {
  readonly #client: RegraftClient;
  /** Milliseconds until each edit was answered. */
  readonly times: number[] = [];
  resent = 0;

  constructor(url: string) {
    this.#client = createClient({ url });
  }

  async createApps(count: number): Promise<string[]> {
    const apps: string[] = [];
    while (apps.length < count) {
      const names = Array.from({ length: Math.min(AT_ONCE, count - apps.length) }, (_, n) => `app ${apps.length + n}`);
      const created = await Promise.all(names.map((name) => this.#client.mutate(CreateAppDocument, { input: { name } })));
      apps.push(...created.map(({ createApp }) => createApp.app.id));
    }
    return apps;
  }

  /** Edits one app after the other, a number of them a second, whether or not those before were answered. Resolves when all were. */
  async edit(apps: readonly string[], { perSecond, milliseconds }: { perSecond: number; milliseconds: number }): Promise<void> {
    const began = performance.now();
    const edits: Promise<void>[] = [];
    const due = (): number => Math.min(performance.now() - began, milliseconds) * (perSecond / 1_000);
    while (performance.now() - began < milliseconds) {
      while (edits.length < due()) edits.push(this.rename(apps[(edits.length * 7) % apps.length], `edited ${edits.length} times`));
      await delay(1_000 / perSecond);
    }
    await Promise.all(edits);
  }

  /** Gives every app the same name. */
  async renameAll(apps: readonly string[], name: string): Promise<void> {
    for (let at = 0; at < apps.length; at += AT_ONCE) {
      await Promise.all(apps.slice(at, at + AT_ONCE).map((appId) => this.rename(appId, name)));
    }
  }

  private async rename(appId: string | undefined, name: string): Promise<void> {
    if (appId === undefined) throw new Error('there is no app to edit');
    const input = { appId, name, commandId: crypto.randomUUID() };
    const began = performance.now();
    for (;;) {
      try {
        await this.#client.mutate(UpdateAppDocument, { input });
        this.times.push(performance.now() - began);
        return;
      } catch (error) {
        if (!(error instanceof RegraftError && (error.passes || error.code === 'APPLIED_NOT_VISIBLE'))) throw error;
        this.resent++;
        await delay(Math.max(error.retryAfterMs ?? 0, 200 + Math.random() * 200));
      }
    }
  }
}
