import { tokenByHash } from '../../projections/tokens/queries.js';
import { ReadModelUnavailableError } from '../projector/errors.js';
import type { ReadModels } from '../projector/read-models.js';
import type { FindToken } from './authenticator.js';

/** Finds tokens in the read models: at once, also while the store is away. Where their projection stopped, it may have missed that one was revoked. */
export function findTokenIn(readModels: ReadModels): FindToken {
  return (secretHash) => {
    const tokens = readModels.status.projections.find(({ name }) => name === 'tokens');
    if (!tokens || tokens.stopped) throw new ReadModelUnavailableError();
    return readModels.read((db) => tokenByHash(db, secretHash));
  };
}
