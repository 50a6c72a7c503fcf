import type { Projection } from '../src/projector/projection.js';
import { appsProjection } from './apps/projection.js';
import { bindingsProjection } from './bindings/projection.js';
import { contentsProjection } from './contents/projection.js';
import { historyProjection } from './history/projection.js';
import { templatesProjection } from './templates/projection.js';
import { tokensProjection } from './tokens/projection.js';
import { upgradesProjection } from './upgrades/projection.js';
import { webhooksProjection } from './webhooks/projection.js';

/** Every read model. */
export const projections: readonly Projection[] = [
  appsProjection,
  templatesProjection,
  upgradesProjection,
  historyProjection,
  bindingsProjection,
  tokensProjection,
  webhooksProjection,
];

/** And a copy of the contents, for a node whose store is elsewhere. */
export const projectionsWithContents: readonly Projection[] = [...projections, contentsProjection];
