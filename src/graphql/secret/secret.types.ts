import { IsNotEmpty, IsOptional, Length } from 'class-validator';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { CommandInput } from '../command.js';
import { PositionScalar } from '../scalars.js';
import { IsProse } from '../text.js';

@ObjectType({ description: 'A variable or a config file that has no value yet.' })
export class OpenValue {
  @Field(() => String)
  componentKey!: string;

  @Field(() => String, { description: 'Of the variable; of a config file its path in the container.' })
  name!: string;

  @Field(() => String, { description: 'A JSON Pointer within the definition, such as /env/DB_PASSWORD.' })
  path!: string;

  @Field(() => Boolean)
  secret!: boolean;

  @Field(() => String, { nullable: true })
  description!: string | null;
}

@InputType({
  description:
    'Which value: by its path (/env/DB_PASSWORD), or by the name of the variable or config file. Also of a component or a variable that was removed.',
})
export class RevealSecretInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => ID)
  componentId!: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @Length(1, 10_000)
  path?: string | null;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @Length(1, 5000)
  name?: string | null;

  @Field(() => String, { description: 'Goes on the record, with who asked.' })
  @IsNotEmpty()
  @IsProse(10_000)
  reason!: string;
}

@ObjectType()
export class RevealSecretPayload {
  @Field(() => String)
  path!: string;

  @Field(() => String)
  value!: string;

  @Field(() => PositionScalar)
  position!: string;
}
