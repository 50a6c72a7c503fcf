import DataLoader from 'dataloader';
import type { ContentStore } from '../../commands/content-store.js';
import type { Content } from '../../domain/definition/content.js';
import type { Digest } from '../../domain/ids.js';

/** Contents by digest, a set at a time: what is asked for in one go is one read of the log. */
export type LoggedContents = DataLoader<readonly Digest[], ReadonlyMap<Digest, Content>>;

export function loggedContents(contents: ContentStore): LoggedContents {
  return new DataLoader(
    async (sets) => {
      const found = await contents.find(sets.flat());
      return sets.map(() => found);
    },
    { cache: false },
  );
}
