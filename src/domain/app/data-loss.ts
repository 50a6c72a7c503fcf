import type { Risk } from '../compare/risk.js';
import { refuse } from '../decision.js';
import type { Pointer } from '../pointer.js';

/** A place that a command changes, with what that risks. */
export interface RiskedField {
  readonly componentKey: string;
  readonly path: Pointer;
  readonly risk?: Risk;
}

/** Persistent volumes go, or give way to others, only where that was accepted. */
export function refuseDataLoss(fields: readonly RiskedField[], acceptDataLoss: boolean): ReturnType<typeof refuse> | undefined {
  const lost = fields.filter(({ risk }) => risk?.code === 'DATA_LOSS');
  if (acceptDataLoss || lost.length === 0) return undefined;
  const messages = lost.map(({ risk }) => risk?.message ?? '');
  return refuse('DATA_LOSS_NOT_ACCEPTED', `${messages.join('; ')}: say acceptDataLoss to go on`, {
    volumes: lost.map(({ componentKey, path }) => ({ componentKey, path })),
    messages,
  });
}
