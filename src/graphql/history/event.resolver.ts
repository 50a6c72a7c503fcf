import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Content } from '../../domain/definition/content.js';
import { contentsNamedBy } from '../../domain/named-contents.js';
import type { RequestContext } from '../context.js';
import { requireFirst } from '../list-size.js';
import { Event, NamedContent } from './history.types.js';

const KINDS: Readonly<Record<Content['kind'], string>> = { definition: 'DEFINITION', appContent: 'APP_CONTENT', patch: 'PATCH' };

@Resolver(() => Event)
export class EventResolver {
  @FieldResolver(() => [NamedContent], {
    description:
      'The contents that data names by digest, where the log has them: of a component that is changed at an install, it has the local patch alone. No secret is in them.',
  })
  async definitions(
    @Root() { type, data }: Event,
    @Ctx() { logged }: RequestContext,
    @Arg('first', () => Int, { nullable: true }) first?: number | null,
  ): Promise<NamedContent[]> {
    const named = contentsNamedBy(type, data).slice(0, requireFirst(first));
    const found = await logged.load(named.map(({ digest }) => digest));
    return named.flatMap(({ path, digest }) => {
      const content = found.get(digest);
      return content ? [{ path, digest, kind: KINDS[content.kind], body: content.body }] : [];
    });
  }
}
