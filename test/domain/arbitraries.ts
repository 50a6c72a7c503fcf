import fc from 'fast-check';
import type { Definition } from '../../src/domain/definition/definition.js';
import { normalizeDefinition } from '../../src/domain/definition/normalize.js';
import type { Json } from '../../src/domain/json.js';

const name = fc.constantFrom('a', 'b', 'c/d', 'e~f', '__proto__');
const text = fc.constantFrom('x', 'y', 'z', '', 'ü');

/** A text of some lines, with any ends of lines, and with a final newline or without. */
export const lines = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', ''), fc.constantFrom('\n', '\n', '\r\n')), { maxLength: 7 }), fc.boolean())
  .map(([all, final]) => all.map(([line, end], i) => (i < all.length - 1 || final ? line + end : line)).join(''));

const dictionary = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: false });

const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer({ min: 0, max: 2 }),
    fc.constant(null),
    fc.array(text, { maxLength: 2 }),
    dictionary(tie('json')),
  ),
})).json;

/** A probe in one way or in none, with or without timing. */
const probe = fc
  .tuple(
    fc.oneof(
      fc.constant({}),
      fc.record({
        http: fc.record({ path: fc.constantFrom('/a', '/b'), port: fc.constantFrom(80, 81), scheme: fc.constantFrom('HTTP', 'HTTPS') }),
      }),
      fc.record({ tcpPort: fc.constantFrom(1, 2) }),
      fc.record({ exec: fc.array(text, { minLength: 1, maxLength: 2 }) }),
    ),
    fc.record({ retries: fc.constantFrom(1, 2), timeoutSeconds: fc.constantFrom(1, 2) }, { requiredKeys: [] }),
  )
  .map(([way, timing]) => ({ ...way, ...timing }));

/** A variable in each of its forms. */
const variable = fc.oneof(
  text,
  fc.constant(null),
  fc.record({ value: text, description: fc.constant('d') }),
  fc.record({ secret: fc.constant(true as const), description: fc.constant('d') }, { requiredKeys: ['secret'] }),
  fc.record(
    {
      generated: fc.constant(true as const),
      group: fc.constantFrom('g', 'h'),
      secret: fc.constant(true as const),
      description: fc.constant('d'),
    },
    { requiredKeys: ['generated'] },
  ),
);

/** Definitions in normal form, over few names and values, so that two of them have much in common and much that clashes. */
export const definition: fc.Arbitrary<Definition> = fc
  .record(
    {
      key: fc.constantFrom('web', 'db'),
      title: text,
      image: fc.constantFrom('x:1', 'x:2', 'y:1'),
      command: fc.array(text, { maxLength: 2 }),
      entrypoint: fc.array(text, { maxLength: 2 }),
      replicas: fc.integer({ min: 0, max: 2 }),
      resources: fc.record({ cpu: fc.constantFrom('1', '500m'), memory: fc.constantFrom('1g', '512m') }, { requiredKeys: [] }),
      env: dictionary(variable),
      ports: fc.dictionary(
        fc.constantFrom('80/tcp', '81/tcp', '81/udp', '65535/tcp'),
        fc.record(
          { exposed: fc.boolean(), alias: text, published: fc.dictionary(fc.constantFrom('80', '81'), fc.constant(true as const)) },
          { requiredKeys: [] },
        ),
      ),
      volumes: dictionary(
        fc.record(
          {
            kind: fc.constantFrom('PERSISTENT' as const, 'EPHEMERAL' as const, 'BIND' as const),
            name: text,
            source: text,
            size: text,
            readOnly: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      ),
      configFiles: dictionary(
        fc.oneof(
          fc.record({ content: fc.oneof(text, lines, fc.constant(null)), mode: fc.constantFrom('0400', '0444') }, { requiredKeys: [] }),
          fc.record({ secret: fc.constant(true as const), mode: fc.constantFrom('0400', '0444') }, { requiredKeys: ['secret'] }),
        ),
      ),
      dependsOn: dictionary(fc.record({ condition: fc.constantFrom('service_started', 'service_healthy') }, { requiredKeys: [] })),
      probes: fc.record({ liveness: probe, readiness: probe, startup: probe }, { requiredKeys: [] }),
      labels: dictionary(text),
      extra: dictionary(json),
    },
    { requiredKeys: ['key'] },
  )
  .map((draft) => normalizeDefinition(draft));

/** The same value with the keys of all its objects in another order. */
export function shuffled<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const result = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of Object.entries(value).reverse()) result[key] = shuffled(member);
  return result as T;
}
