import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLJSON } from 'graphql-scalars';

const ISO_8601 = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** An instant as ISO 8601 text in UTC, with milliseconds. */
export const DateTimeScalar = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'An instant: ISO 8601, such as 2026-11-24T09:30:00.000Z.',
  serialize: (value) => String(value),
  parseValue: toInstant,
  parseLiteral: (node) => toInstant(node.kind === Kind.STRING ? node.value : undefined),
});

/** A place in the global order of events, as text that only the server reads. */
export const PositionScalar = new GraphQLScalarType<string, string>({
  name: 'Position',
  description: 'Opaque place in the global order of events; a client hands back the one it was given.',
  serialize: (value) => String(value),
  parseValue: toText,
  parseLiteral: (node) => toText(node.kind === Kind.STRING ? node.value : undefined),
});

export const JsonScalar = GraphQLJSON;

function toInstant(value: unknown): string {
  const instant = typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : undefined;
  if (!instant || Number.isNaN(instant.getTime())) throw badInput('a DateTime is ISO 8601, such as 2026-11-24T09:30:00Z');
  return instant.toISOString();
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw badInput('a Position is the text that the server gave');
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
