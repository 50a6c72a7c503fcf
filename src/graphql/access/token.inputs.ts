import { ArrayMaxSize, IsOptional, ValidateNested } from 'class-validator';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { Grant } from '../../domain/access/principal.js';
import { CommandInput } from '../command.js';
import { Role } from '../enums.js';
import { DateTimeScalar, PositionScalar } from '../scalars.js';
import { IsName } from '../text.js';
import { AccessToken } from './token.types.js';

const MAX_GRANTS = 100;
const MAX_TEAMS = 100;

@InputType({ description: 'A role, and where it is given: in named teams, or in all.' })
export class GrantInput {
  @Field(() => Role)
  role!: Grant['role'];

  @Field(() => [String], { nullable: true, description: 'The teams in which it is given.' })
  @IsOptional()
  @ArrayMaxSize(MAX_TEAMS)
  @IsName({ each: true })
  teams?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'In all teams that are and will be, in the place of naming some.' })
  allTeams?: boolean | null;
}

@InputType()
export class CreateTokenInput extends CommandInput {
  @Field(() => String, { description: 'Who acts by it: up to 60 letters, digits, dots, hyphens, underscores and @.' })
  name!: string;

  @Field(() => [GrantInput])
  @ArrayMaxSize(MAX_GRANTS)
  @ValidateNested()
  grants!: GrantInput[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'It opens nothing from then on. Without it: good until it is revoked.' })
  expiresAt?: string | null;
}

@InputType()
export class RevokeTokenInput extends CommandInput {
  @Field(() => ID)
  tokenId!: string;
}

@ObjectType()
export class CreateTokenPayload {
  @Field(() => AccessToken)
  token!: AccessToken;

  @Field(() => String, {
    nullable: true,
    description:
      'What its bearer sends: told here, and never again. Null where the same command (commandId) was carried out before: it is kept nowhere.',
  })
  secret!: string | null;

  @Field(() => PositionScalar)
  position!: string;
}

@ObjectType()
export class RevokeTokenPayload {
  @Field(() => AccessToken)
  token!: AccessToken;

  @Field(() => Boolean, { description: 'Whether this command ended it: false where it was revoked before.' })
  revokedNow!: boolean;

  @Field(() => PositionScalar)
  position!: string;
}
