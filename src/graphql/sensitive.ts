import { getNullableType, isInputObjectType, isListType, type GraphQLInputObjectType, type GraphQLInputType } from 'graphql';
import { Extensions } from 'type-graphql';
import { isJsonObject, type Json, type JsonObject } from '../domain/json.js';

const SENSITIVE = 'sensitive';

/** Marks a field of an input that may hold the value of a secret. */
export function Sensitive(): PropertyDecorator & MethodDecorator {
  return Extensions({ [SENSITIVE]: true });
}

/** Whether an input has something in a field that may hold the value of a secret. */
export function holdsSensitive(input: JsonObject, type: GraphQLInputObjectType): boolean {
  const fields = type.getFields();
  return Object.entries(input).some(([name, value]) => {
    const field = fields[name];
    if (!field || value === null) return false;
    return field.extensions[SENSITIVE] === true || anyHolds(value, field.type);
  });
}

function anyHolds(value: Json, type: GraphQLInputType): boolean {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return Array.isArray(value) && value.some((item: Json) => anyHolds(item, nullable.ofType));
  return isInputObjectType(nullable) && isJsonObject(value) && holdsSensitive(value, nullable);
}
