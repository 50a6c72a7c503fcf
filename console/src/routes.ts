import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';

/** What the left column knows of the app that is open. */
export interface OpenApp {
  readonly id: string;
  readonly name: string;
  readonly installations: readonly { readonly id: string; readonly upgradableCount: number }[];
}

interface NavEntry {
  /** Smaller ones come first. */
  readonly order: number;
  readonly label: string;
  readonly icon: LucideIcon;
}

/** A page: a folder of `pages/` exports one as `route` from its `route.ts`. */
export interface PageRoute {
  /** As React Router has it, without a leading slash: `apps/:appId/history`. */
  readonly path: string;
  /** The page itself, loaded when it is opened. */
  readonly load: () => Promise<{ readonly Page: ComponentType }>;
  /** An entry in the left column. */
  readonly nav?: NavEntry;
  /** An entry in the left column of an open app, at `apps/:appId/...`; with a badge where there is something to do. */
  readonly appNav?: NavEntry & { readonly badge?: (app: OpenApp) => { readonly count: number; readonly label: string } | undefined };
}

const modules = import.meta.glob<{ readonly route: PageRoute }>('./pages/*/route.ts', { eager: true });

export const routes: readonly PageRoute[] = Object.values(modules).map(({ route }) => route);

export const navEntries = routes.flatMap(({ path, nav }) => (nav ? [{ path, ...nav }] : [])).sort((one, other) => one.order - other.order);

export const appNavEntries = routes
  .flatMap(({ path, appNav }) => (appNav ? [{ path, ...appNav }] : []))
  .sort((one, other) => one.order - other.order);
