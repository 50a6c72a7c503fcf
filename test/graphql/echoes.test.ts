import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestNode, type TestNode } from '../support/server.js';

const ADD = 'mutation ($input: AddComponentInput!) { addComponent(input: $input) { position } }';

describe('an error about a value says where it is and what is wrong, and does not repeat it', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startTestNode();
  });
  afterAll(() => node.close());

  it.each<[string, unknown, string]>([
    [
      'a text that is none',
      { env: [{ name: 'A', value: ['hunter2'] }] },
      'at "input.component.env[0].value"; String cannot represent a non string value.',
    ],
    [
      'a flag that is none',
      { env: [{ name: 'A', secret: 'hunter2' }] },
      'at "input.component.env[0].secret"; Boolean cannot represent a non boolean value.',
    ],
    ['a number that is none', { replicas: 'hunter2' }, 'at "input.component.replicas"; Int cannot represent non-integer value.'],
    [
      'a misspelt field',
      { env: [{ name: 'A', valu: 'hunter2' }] },
      'at "input.component.env[0]"; Field "valu" is not defined by type "EnvVarInput". Did you mean "value"?',
    ],
    [
      'a field that is missing',
      { env: [{ value: 'hunter2' }] },
      'at "input.component.env[0]"; Field "name" of required type "String!" was not provided.',
    ],
    ['a text for an object', { env: ['hunter2 at "x"; y'] }, 'at "input.component.env[0]"; Expected type "EnvVarInput" to be an object.'],
    [
      'a choice that is none',
      { probes: [{ kind: 'hunter2' }] },
      'at "input.component.probes[0].kind"; The value does not exist in "ProbeKind" enum.',
    ],
    [
      'a choice that is no text',
      { probes: [{ kind: ['hunter2'] }] },
      'at "input.component.probes[0].kind"; Enum "ProbeKind" cannot represent non-string value.',
    ],
  ])('in a variable: %s', async (_what, component, problem) => {
    const { message, extensions } = await node.api.refusal(ADD, {
      input: { appId: 'a', component: { key: 'x', ...(component as object) } },
    });
    expect(message).toBe(`Variable "$input" got an invalid value ${problem}`);
    expect(extensions.code).toBe('BAD_USER_INPUT');
  });

  it('in a variable as a whole', async () => {
    const { message } = await node.api.refusal(ADD, { input: 'hunter2 at "input.x"' });
    expect(message).toBe('Variable "$input" got an invalid value; Expected type "AddComponentInput" to be an object.');
  });

  it.each([
    ['component: "hunter2"', 'Expected value of type "ComponentInput!", found something else.'],
    ['component: { key: ["hunter2"] }', 'String cannot represent a non string value.'],
    ['component: { key: "x", replicas: "hunter2" }', 'Int cannot represent non-integer value.'],
    ['component: { key: "x", valu: "hunter2" }', 'Field "valu" is not defined by type "ComponentInput".'],
    ['component: { key: "x" "hunter2" }', 'Syntax Error: Expected Name, found String'],
    ['component: { key: "x" } """ hunter2 """', 'Syntax Error: Expected Name, found BlockString'],
  ])('in the document: %s', async (argument, expected) => {
    const { message } = await node.api.refusal(`mutation { addComponent(input: { appId: "a", ${argument} }) { position } }`);
    expect(message).toContain(expected);
    expect(message).not.toContain('hunter2');
  });
});
