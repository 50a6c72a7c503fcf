import { defaultFieldResolver, type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { Extensions } from 'type-graphql';
import { may, type Permission } from '../domain/access/principal.js';
import { Refusal } from '../domain/errors.js';
import type { RequestContext } from './context.js';

/** What one has to be permitted, in some team at least, to ask for a query, mutation or subscription. Every one says it; in which team, its resolver looks. */
export function Allow(permission: Permission): MethodDecorator {
  return Extensions({ permission });
}

/** The permission that a field of Query, Mutation or Subscription asks for. @throws Error where it says none. */
export function permissionOf({ name, extensions }: Pick<GraphQLField<unknown, unknown>, 'name' | 'extensions'>): Permission {
  const permission = (extensions as { readonly permission?: Permission }).permission;
  if (!permission) throw new Error(`${name} has no @Allow: say what one has to be permitted to ask for it`);
  return permission;
}

/** Makes every query, mutation and subscription look at the permission that it asks for before it does anything. Other fields cost nothing. */
export function guardRootFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) field.resolve = guarded(permissionOf(field), field.resolve);
  }
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    field.subscribe = guarded(permissionOf(field), field.subscribe);
  }
  return schema;
}

type Resolve = GraphQLFieldResolver<unknown, RequestContext>;

function guarded(permission: Permission, resolve: Resolve = defaultFieldResolver): Resolve {
  return (source, args, context, info) => {
    requirePermission(context, permission);
    return resolve(source, args, context, info);
  };
}

/** In some team at least. @throws Refusal FORBIDDEN. */
export function requirePermission({ principal }: Pick<RequestContext, 'principal'>, permission: Permission): void {
  if (may(principal, permission)) return;
  throw new Refusal('FORBIDDEN', `this takes the permission ${permission}, which ${principal.actor.id} was not given in any team`, {
    permission,
  });
}
