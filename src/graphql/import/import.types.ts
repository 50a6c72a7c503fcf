import { ArrayMaxSize, ArrayNotEmpty } from 'class-validator';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { App, RenameInput } from '../app/app.types.js';
import { ComponentDifference } from '../comparison/comparison.types.js';
import { PositionScalar } from '../scalars.js';
import { CommandInput } from '../command.js';
import { Sensitive } from '../sensitive.js';

@InputType({
  description:
    'The first file is the project; others are overlays (overlay: true), in order, or files that these name (include, extends, env_file, configs, bind-mounted files). name is a path; what a file names is found relative to that file, what an overlay names relative to the project. env is the text of a .env file.',
})
export class ComposeFileInput {
  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String)
  @Sensitive()
  content!: string;

  @Field(() => Boolean, { nullable: true })
  overlay?: boolean | null;
}

@InputType()
export class ImportComposeInput extends CommandInput {
  @Field(() => ID)
  appId!: string;

  @Field(() => [ComposeFileInput])
  @ArrayNotEmpty()
  @ArrayMaxSize(1000)
  files!: ComposeFileInput[];

  @Field(() => String, { nullable: true })
  @Sensitive()
  env?: string | null;

  @Field(() => [String], { nullable: true })
  profiles?: string[] | null;

  @Field(() => [RenameInput], { nullable: true })
  renames?: RenameInput[] | null;

  @Field(() => Boolean, { nullable: true })
  dryRun?: boolean | null;

  @Field(() => Int, { nullable: true })
  expectedRevision?: number | null;
}

@ObjectType()
export class ImportWarning {
  @Field(() => String)
  code!: string;

  @Field(() => String)
  message!: string;

  @Field(() => String, { nullable: true })
  file?: string | null;

  @Field(() => Int, { nullable: true })
  line?: number | null;

  @Field(() => String, { nullable: true })
  suggestion?: string | null;
}

@ObjectType()
export class ImportPayload {
  @Field(() => App)
  app!: App;

  @Field(() => PositionScalar)
  position!: string;

  @Field(() => [ComponentDifference])
  changes!: ComponentDifference[];

  @Field(() => [ImportWarning])
  warnings!: ImportWarning[];
}
