import { caseKey } from '../../domain/rehearsal/case-key.js';
import type { Judgement } from '../../domain/rehearsal/outcome.js';
import type { AppOutline } from '../../domain/app/state.js';
import type { Digest, InstallationId } from '../../domain/ids.js';

/** What is known of a case: undefined until it is planned. */
export interface Verdict {
  judgement: Judgement | undefined;
}

/** Installs that have the same plan. */
export interface Case {
  readonly key: Digest;
  /** One of them, as it was when it was read: the plan is made of it. */
  readonly state: AppOutline;
  readonly installationId: InstallationId;
  readonly verdict: Verdict;
  installs: number;
}

/** An install of the template. */
export interface Install {
  readonly installationId: string;
  readonly appId: string;
  /** That of the app. */
  readonly team: string;
  /** Label of the version that it stands at. */
  readonly version: string;
  /** In the order of installing. */
  readonly place: number;
}

/** Installs, and the cases that they come to. */
export class Cases {
  readonly #installs = new Map<string, { readonly install: Install; readonly of: Case }>();
  readonly #cases = new Map<Digest, Case>();

  add(install: Install, state: AppOutline): void {
    const installationId = install.installationId as InstallationId;
    const key = caseKey(state, installationId);
    const of = this.#cases.get(key) ?? { key, state, installationId, verdict: { judgement: undefined }, installs: 0 };
    of.installs += 1;
    this.#cases.set(key, of);
    this.#installs.set(installationId, { install, of });
  }

  /** Takes the installs of some apps out again. */
  forget(appIds: ReadonlySet<string>): void {
    for (const { install, of } of this.#installs.values()) {
      if (!appIds.has(install.appId)) continue;
      this.#installs.delete(install.installationId);
      of.installs -= 1;
      if (of.installs === 0) this.#cases.delete(of.key);
    }
  }

  /** In the order of installing, each with what will be known of its case. */
  get installs(): (Install & { readonly verdict: Verdict })[] {
    const all = [...this.#installs.values()].map(({ install, of }) => ({ ...install, verdict: of.verdict }));
    return all.sort((a, b) => a.place - b.place);
  }

  get all(): Case[] {
    return [...this.#cases.values()];
  }
}
