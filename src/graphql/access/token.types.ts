import { Field, ID, ObjectType } from 'type-graphql';
import { connectionTypes } from '../connection.js';
import { DateTimeScalar } from '../scalars.js';
import { Grant } from './me.types.js';

@ObjectType({ description: 'A token that lets its bearer in. Its secret is told once, when it is made, and by nothing here.' })
export class AccessToken {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Who acts by it: events name <name>/<id>. Several tokens may have one name.' })
  name!: string;

  @Field(() => [Grant])
  grants!: readonly Grant[];

  @Field(() => DateTimeScalar)
  createdAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'It opens nothing from then on; null: good until it is revoked.' })
  expiresAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  revokedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When it let its bearer in last; null: never yet. Of uses on the node that is asked since it was started at once, of others within the hour.',
  })
  lastUsedAt!: string | null;
}

export const AccessTokenConnection = connectionTypes('AccessToken', () => AccessToken);
