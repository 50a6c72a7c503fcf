import { isObjectType, type GraphQLArgument, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { RequestContext } from '../context.js';
import { AS_OF, positionOf, type AsOfInput } from './as-of.js';
import { goBack } from './go-back.js';

type Resolve = GraphQLFieldResolver<unknown, RequestContext>;

/** Makes every field answer in the moment that it is asked for in: its own, where it takes `asOf`, else that of what it is beneath. */
export function answerInMoments(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve) field.resolve = takesMoment(field.args) ? inOwnMoment(field.resolve) : inMomentAbove(field.resolve);
    }
  }
  return schema;
}

function takesMoment(args: readonly GraphQLArgument[]): boolean {
  return args.some(({ name }) => name === AS_OF);
}

function inMomentAbove(resolve: Resolve): Resolve {
  return (source, args, context, info) => resolve(source, args, context.past.of(info.path) ?? context, info);
}

function inOwnMoment(resolve: Resolve): Resolve {
  return async (source, args: { readonly [AS_OF]?: AsOfInput | null }, context, info) => {
    const asked = args[AS_OF];
    if (!asked) return resolve(source, args, context, info);
    const position = await positionOf(context, asked, AS_OF);
    return resolve(source, args, goBack(context, info.path, position), info);
  };
}
