import { Refusal } from '../domain/errors.js';
import type { AppId, UpgradeId } from '../domain/ids.js';
import type { Logger } from '../logger.js';
import { StoreUnavailableError } from '../store/errors.js';
import type { CommandContext } from './context.js';
import type { CommandServices } from './execute.js';
import { handleExpiry } from './upgrade-run.js';

/** An upgrade whose lease is over, as read models tell; the log has the last word. */
export interface DueUpgrade {
  readonly appId: string;
  readonly upgradeId: string;
}

export interface LeaseRunnerOptions {
  readonly services: CommandServices;
  /** Upgrades that are to be looked at, at an instant (ISO 8601, UTC), but for some; some of them where there are many, none while that cannot be told. */
  readonly due: (now: string, except: readonly string[]) => readonly DueUpgrade[];
  /** Milliseconds from one look to the next. */
  readonly everyMs: number;
  readonly logger: Logger;
}

/**
 * Ends the waiting for integrations that are not heard of any more: upgrades whose lease has run out become UNKNOWN. It looks again and again rather
 * than setting alarms, so that it misses none whatever happens to clocks, to the store, or to the node that started one. Every node does it; the
 * first one that appends is the one that did.
 */
export class LeaseRunner {
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #closed = false;
  /** Those that could not be ended, each of which is logged once. They are tried again after the others, and keep none of them waiting. */
  readonly #failed = new Map<string, DueUpgrade>();

  constructor(private readonly options: LeaseRunnerOptions) {}

  start(): void {
    if (this.#closed) return;
    this.#timer ??= setInterval(() => {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    }, this.options.everyMs);
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const again = [...this.#failed.values()];
    for (const each of [...this.#due(), ...again]) if (!this.#closed) await this.#expire(each);
  }

  #due(): readonly DueUpgrade[] {
    const { services, due, logger } = this.options;
    try {
      return due(services.runtime.now(), [...this.#failed.keys()]);
    } catch (error) {
      logger.warn({ err: error }, 'cannot tell which leases have run out: looking again');
      return [];
    }
  }

  async #expire(due: DueUpgrade): Promise<void> {
    const { appId, upgradeId } = due;
    const { services, logger } = this.options;
    const context: CommandContext = { actor: { id: 'regraft', kind: 'SERVICE' }, correlationId: upgradeId };
    try {
      await handleExpiry(services, context, { appId: appId as AppId, upgradeId: upgradeId as UpgradeId });
      this.#failed.delete(upgradeId);
    } catch (error) {
      // It is looked at again; where another upgrade came after it, the read models will show that.
      if (error instanceof StoreUnavailableError) return;
      if (error instanceof Refusal && error.code === 'UPGRADE_OVER') {
        this.#failed.delete(upgradeId);
        return;
      }
      if (this.#failed.has(upgradeId)) return;
      this.#failed.set(upgradeId, due);
      logger.error({ err: error, appId, upgradeId }, 'the lease of an upgrade has run out, which cannot be recorded yet');
    }
  }
}
