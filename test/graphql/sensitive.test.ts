import { getNamedType, isInputObjectType, isScalarType, type GraphQLInputField, type GraphQLInputObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { holdsSensitive } from '../../src/graphql/sensitive.js';
import type { JsonObject } from '../../src/domain/json.js';

const schema = await buildRegraftSchema();
const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);

/** They hold texts that may be anything, and go into definitions in the clear. */
const IN_THE_CLEAR = ['LabelInput.value', 'ResolutionInput.value'];
/** It names a token, and opens nothing. */
const NO_SECRET = ['RevokeTokenInput.tokenId'];

describe('fields of inputs that may hold the value of a secret', () => {
  const fields = inputs.flatMap((type) =>
    Object.values(type.getFields()).map((field): [string, GraphQLInputField] => [`${type.name}.${field.name}`, field]),
  );
  const marked = fields.filter(([, { extensions }]) => extensions['sensitive'] === true).map(([name]) => name);

  it('are marked, so that commands with them are remembered by a keyed fingerprint', () => {
    expect(marked.sort()).toEqual([
      'ComposeFileInput.content',
      'ConfigFileInput.content',
      'EnvVarInput.value',
      'ImportComposeInput.env',
      'InstallValueInput.value',
    ]);
  });

  it('are all those that are named like one', () => {
    const named = fields.filter(([, { name, type }]) => /value|content|password|token/i.test(name) && isScalarType(getNamedType(type)));
    const known = [...marked, ...IN_THE_CLEAR, ...NO_SECRET];
    expect(named.map(([name]) => name).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each<[string, boolean, JsonObject]>([
    ['deep in a list', true, { appId: 'a', component: { key: 'k', env: [{ name: 'A' }, { name: 'B', value: '' }] } }],
    ['nowhere', false, { appId: 'a', component: { key: 'k', env: [{ name: 'A', secret: true }], extra: { value: 'x' } } }],
    ['nowhere, where it is null', false, { appId: 'a', component: { key: 'k', env: [{ name: 'A', value: null }] } }],
  ])('are found %s', (_where, found, input) => {
    expect(holdsSensitive(input, schema.getType('AddComponentInput') as GraphQLInputObjectType)).toBe(found);
  });
});
