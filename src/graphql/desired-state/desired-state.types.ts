import { Field, Int, ObjectType } from 'type-graphql';
import type { JsonObject } from '../../domain/json.js';
import { App } from '../app/app.types.js';
import { Component } from '../component/component.types.js';
import { JsonScalar, PositionScalar } from '../scalars.js';

@ObjectType({ description: 'What an app is to be, for those who apply it to a cluster or a host.' })
export class DesiredState {
  @Field(() => App)
  app!: App;

  @Field(() => Int, { description: 'The revision of the app that this is of.' })
  revision!: number;

  @Field(() => PositionScalar, {
    description: 'All that happened up to here is in it: follow events from here to hear of what comes after.',
  })
  position!: string;

  @Field(() => String, { description: 'Of the whole: the same exactly while no component and nothing beside them changes.' })
  digest!: string;

  @Field(() => [Component])
  components!: Component[];

  @Field(() => JsonScalar, { nullable: true, description: 'App-level content: networks, named volumes, extensions.' })
  extra!: JsonObject | null;

  @Field(() => String, { description: 'Of the app-level content.' })
  contentDigest!: string;
}
