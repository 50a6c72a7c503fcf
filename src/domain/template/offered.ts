import { Refusal } from '../errors.js';
import type { Release } from './state.js';

/** @throws Refusal VERSION_WITHDRAWN where a version is no target of installs and upgrades. */
export function requireOffered({ version: { label }, mark }: Release): void {
  if (mark?.state !== 'withdrawn') return;
  const { reason } = mark;
  const message = `version ${label} is withdrawn${reason ? ` (${reason})` : ''}: choose another one, or restore it first`;
  throw new Refusal('VERSION_WITHDRAWN', message, { version: label, reason: reason ?? null });
}
