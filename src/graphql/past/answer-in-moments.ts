import { isObjectType, type GraphQLArgument, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { Moment } from '../../queries/past/moment.js';
import type { Position } from '../../store/event-store.js';
import type { RequestContext } from '../context.js';
import { AS_OF, positionOf, type AsOfInput } from './as-of.js';
import { PastContext } from './past-context.js';
import type { Place } from './past-places.js';

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

/** From a place of the answer on, everything is as of a position that the read models have come to. @returns what is to be read from there. */
export function goBack(context: RequestContext, place: Place, position: Position): RequestContext {
  const { past, backend, readModel: present } = context;
  return past.begin(place, position, () => {
    const { store, services } = backend;
    const moment = new Moment({ store, runtime: services.runtime, position, present, allowance: past.allowance });
    context.whenEnded(() => moment.close());
    return new PastContext(context, moment);
  });
}

function takesMoment(args: readonly GraphQLArgument[]): boolean {
  return args.some(({ name }) => name === AS_OF);
}

function inMomentAbove(resolve: Resolve): Resolve {
  return (source, args, context, info) => resolve(source, args, context.past.at(info.path) ?? context, info);
}

function inOwnMoment(resolve: Resolve): Resolve {
  return async (source, args: { readonly [AS_OF]?: AsOfInput | null }, context, info) => {
    const asked = args[AS_OF];
    if (!asked) return resolve(source, args, context, info);
    const position = await positionOf(context, asked, AS_OF);
    return resolve(source, args, goBack(context, info.path, position), info);
  };
}
