import type { ContentSource } from '../../commands/content-store.js';
import type { ReadModel } from '../../projector/projection.js';
import type { Moment } from '../../queries/past/moment.js';
import { encodePosition } from '../../store/position.js';
import { RequestContext } from '../context.js';
import type { Loaders } from '../loaders.js';
import { pastLoaders } from './past-loaders.js';

/** What resolvers are given of an answer that is as of a moment: the same requester, and everything that is read as it was. Nothing is written there. */
export class PastContext extends RequestContext {
  readonly #loaders: Loaders;

  constructor(
    private readonly present: RequestContext,
    private readonly moment: Moment,
  ) {
    const { backend, requester, principal, loaders, contents } = present;
    super({ ...backend, services: { ...backend.services, aggregates: moment.aggregates } }, requester, principal);
    this.#loaders = pastLoaders(moment, loaders, contents);
  }

  override get loaders(): Loaders {
    return this.#loaders;
  }

  /** Those of the present: contents never change. */
  override get contents(): ContentSource {
    return this.present.contents;
  }

  override get position(): string {
    return encodePosition(this.backend.store.logId, this.moment.position);
  }

  override get readModel(): ReadModel {
    return this.moment.readModel;
  }

  override written(): Promise<string> {
    throw new Error('nothing is written in the past');
  }
}
