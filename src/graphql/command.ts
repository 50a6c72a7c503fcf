import { IsOptional, Length } from 'class-validator';
import {
  getNullableType,
  isInputObjectType,
  isListType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLResolveInfo,
  type GraphQLInputObjectType,
} from 'graphql';
import { createParameterDecorator, Field, ID, InputType } from 'type-graphql';
import type { CommandContext } from '../commands/context.js';
import { nameCommand, nameSecretCommand } from '../commands/named-command.js';
import { Refusal } from '../domain/errors.js';
import type { Json, JsonObject } from '../domain/json.js';
import type { Position } from '../store/event-store.js';
import { permissionOf } from './allow.js';
import type { RequestContext } from './context.js';
import { holdsSensitive } from './sensitive.js';

/** What the input of every mutation has. */
@InputType()
export abstract class CommandInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Chosen by the client: the same command with the same id again has one effect, and the same answer.',
  })
  @IsOptional()
  @Length(1, 200, { message: 'is to be of 1 to 200 characters' })
  commandId?: string | null;
}

/** Gives a mutation the context of its command: who asks, and which command it is where the client gave it an id. */
export function Command(): ReturnType<typeof createParameterDecorator> {
  return createParameterDecorator<RequestContext>(({ context, args, info }) => commandOf(context, args, info));
}

async function commandOf(
  { requester: asker, principal, backend }: RequestContext,
  args: Record<string, unknown>,
  info: GraphQLResolveInfo,
): Promise<CommandContext> {
  const argument = fieldOf(info).args.find(({ name }) => name === 'input');
  if (!argument) throw new Error(`the mutation ${info.fieldName} has no input`);
  const type = getNullableType(argument.type) as GraphQLInputObjectType;
  const requester: CommandContext = { ...asker, access: { principal, permission: permissionOf(fieldOf(info)) } };
  const { commandId, ...input } = given(args['input'] as JsonObject, type);
  // A dry run is a read: there is nothing to remember.
  if (typeof commandId !== 'string' || input['dryRun'] === true) return requester;
  const command = holdsSensitive(input, type)
    ? await nameSecretCommand(info.fieldName, commandId, input, backend.services.vault)
    : nameCommand(info.fieldName, commandId, input);
  return { ...requester, command };
}

function fieldOf({ parentType, fieldName }: GraphQLResolveInfo): GraphQLField<unknown, unknown> {
  const field = parentType.getFields()[fieldName];
  if (!field) throw new Error(`there is no ${parentType.name}.${fieldName}`);
  return field;
}

/** An input without the fields that are null, which mean the same as those that are left out. The values of scalars are as they are. */
function given(input: JsonObject, type: GraphQLInputObjectType): JsonObject {
  const fields = type.getFields();
  const present = Object.entries(input).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, fields[name] ? valueOf(value, fields[name].type) : value]));
}

function valueOf(value: Json, type: GraphQLInputType): Json {
  const nullable = getNullableType(type);
  if (isListType(nullable) && Array.isArray(value)) return value.map((item: Json) => valueOf(item, nullable.ofType));
  return isInputObjectType(nullable) && value !== null ? given(value as JsonObject, nullable) : value;
}

/**
 * The answer of a mutation, read once the read models show what it wrote.
 * @throws Refusal NOT_FOUND where what it answers with is gone: the command was carried out all the same, now or (a repeated one) before.
 */
export async function answered<Payload extends object>(
  context: RequestContext,
  position: Position,
  load: () => Promise<Payload>,
): Promise<Payload & { position: string }> {
  const text = await context.written(position);
  try {
    return { ...(await load()), position: text };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error;
    const message = `the command was carried out, and what it answers with was deleted since: ${error.message}`;
    throw new Refusal('NOT_FOUND', message, { ...error.details, position: text });
  }
}
