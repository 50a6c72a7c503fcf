import fc from 'fast-check';
import type { AppContent, Definition } from '../../src/domain/definition/definition.js';
import { normalizeAppContent, normalizeDefinition } from '../../src/domain/definition/normalize.js';
import type { Json, JsonObject } from '../../src/domain/json.js';

/** What YAML, interpolation or JavaScript could take for something else. */
const TRAPS = [
  ...[
    'yes',
    'no',
    'on',
    'off',
    'y',
    'n',
    'true',
    'null',
    '~',
    '',
    '<<',
    '=',
    '0123',
    '0o17',
    '0x1F',
    '1e3',
    '1_000',
    '22:22',
    '.inf',
    '-',
    '?',
    '!reset',
  ],
  ...[
    '!!binary x',
    '&a',
    '*a',
    '---',
    '...',
    '2001-01-01',
    '$',
    '$$',
    '${A:-b}',
    '${',
    '$A',
    '__proto__',
    'constructor',
    'a: b',
    'a #b',
    '#',
    '[a]',
    '{a}',
    '|',
    '>-',
  ],
  ...[
    '@a',
    '`a`',
    '%a',
    '"',
    "'",
    '\\',
    '\\n',
    ' ',
    ' a',
    'a ',
    '\ta',
    '\n',
    '\na',
    'a\n',
    'a\n\n\n',
    'a\n ',
    ' a\nb',
    '\n\n  a\nb',
    'a\n---\nb\n',
    'a\r\nb\r\n',
    'a\rb',
    'a\tb\n\tc',
  ],
  ...[
    '\u0007',
    '\u007f',
    '\u0085',
    'a\u0085b\nc',
    '\u2028',
    '\u2029\n',
    '\ufeff',
    'a\ufeffb\nc',
    '\ufffe',
    '😀',
    'x'.repeat(1100),
    'k: '.repeat(400),
    'a\n'.repeat(600),
  ],
];

export const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TRAPS),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  fc.array(fc.constantFrom(...TRAPS, 'a', 'b'), { maxLength: 5 }).map((parts) => parts.join('\n')),
  fc.array(fc.constantFrom(...TRAPS, 'a', 'b'), { maxLength: 5 }).map((parts) => parts.join('')),
);

const key = fc.constantFrom('web', 'db', 'c', '__proto__', 'constructor', '123', 'yes', '1e3', '-', '.', 'x-a');
const optional = { requiredKeys: [] as never[] };
const few = { maxKeys: 3, noNullPrototype: false };

const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    nastyText,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(nastyText, fc.constantFrom('a', 'file', 'content', 'profiles')), tie('json'), few),
  ),
})).json;

const path = fc.constantFrom('/data', '/etc/a.conf', '/run', 'C:\\x', './x', 'x:y');
const volume = fc.record({
  kind: fc.constantFrom('PERSISTENT' as const, 'EPHEMERAL' as const, 'BIND' as const, 'SHARED' as const),
  name: fc.constantFrom(undefined, 'data', 'a b', '..', 'x'),
  source: fc.constantFrom(undefined, './x', '/y', 'z', 'C:\\x', 'a:b'),
  size: fc.constantFrom(undefined, undefined, '64m'),
  readOnly: fc.boolean(),
});
const port = fc.record(
  {
    exposed: fc.boolean(),
    alias: fc.constant('a'),
    appProtocol: fc.constantFrom('http', ''),
    published: fc.dictionary(
      fc.constantFrom('80', '8080', '127.0.0.1:80', '[::1]:80', 'a:b:80', 'host:80'),
      fc.constant(true as const),
      few,
    ),
  },
  optional,
);

/** Parts of `extra` that the importer reads, or leaves behind; of the shapes that it knows, or of any. */
const known = (arbitrary: fc.Arbitrary<Json>): fc.Arbitrary<Json> => fc.oneof({ weight: 5, arbitrary }, { weight: 1, arbitrary: json });
const terms: fc.Arbitrary<Json> = fc.record(
  { condition: fc.constantFrom('service_started', 'x'), required: fc.boolean(), restart: fc.boolean() },
  optional,
);
const grant = fc.oneof(
  fc.constantFrom('a', 'b', 'etc'),
  fc.record(
    { source: fc.constantFrom('a', 'b'), target: path, mode: fc.constantFrom('0400', 444, { a: 1 }), uid: fc.constant('1') },
    { requiredKeys: ['source'] },
  ),
) as fc.Arbitrary<Json>;
const extra = fc.record(
  {
    ports: known(
      fc.dictionary(
        fc.constantFrom('80/tcp', '81/udp', '9/tcp'),
        fc.constantFrom<Json[]>({ mode: 'host' }, [{ mode: 'host' }, { name: 'x' }], { published: '3000-3005' }, { host_ip: '127.0.0.1' }),
      ),
    ),
    unread_ports: known(fc.constantFrom<Json[]>(['80-90000:1'], ['100-1200'], ['1-2000', 'x'])),
    unread_volumes: known(fc.constantFrom<Json[]>([':/x'], ['a:b:c:d'])),
    volumes: known(
      fc.dictionary(
        path,
        fc.constantFrom<Json[]>(
          { mode: 'rw' },
          { mode: 'ro,z' },
          { bind: { propagation: 'shared' } },
          { tmpfs: 'size=64m,mode=1777' },
          { tmpfs: { mode: 511 } },
          { source: './x', readOnly: true },
          { replaced: [] },
          { type: 'npipe' },
        ),
      ),
    ),
    configs: known(fc.array(grant, { maxLength: 3 })),
    depends_on: known(fc.dictionary(key, terms, few)),
    healthcheck: known(
      fc.constantFrom<Json[]>(
        { disable: true },
        { disable: 'maybe' },
        { interval: '1.5s' },
        { test: ['NONE'] },
        { start_interval: '1s' },
        { retries: 99999999999 },
      ),
    ),
    deploy: known(
      fc.constantFrom<Json[]>(
        { mode: 'global' },
        { replicas: 'x' },
        { replicas: 7 },
        { resources: { limits: { cpus: '7', pids: 1 }, reservations: { memory: '1m' } } },
        { resources: 'x' },
      ),
    ),
    networks: known(fc.constantFrom<Json[]>({ a: null, default: null }, { a: { aliases: ['x'] } }, ['a'], {})),
    environment: json,
    env_file: json,
    scale: json,
    cpus: json,
    mem_limit: json,
    profiles: json,
    extends: json,
    image: json,
    tmpfs: json,
    expose: json,
    command: json,
    labels: json,
    build: json,
    secrets: json,
    'x-regraft': json,
  },
  optional,
) as fc.Arbitrary<JsonObject>;

/** Definitions in normal form that look like imported ones, and some that never could be. */
export const composeLike: fc.Arbitrary<Definition> = fc
  .record(
    {
      key,
      title: nastyText,
      image: nastyText.filter((text) => text !== ''),
      command: fc.array(nastyText, { maxLength: 3 }),
      entrypoint: fc.array(nastyText, { maxLength: 3 }),
      replicas: fc.constantFrom(0, 1, 2, 2 ** 31 - 1),
      resources: fc.record(
        { cpu: fc.constantFrom('1', '500m', '.5', 'x', '0'), memory: fc.constantFrom('1g', '512Mi', '.5g', 'x', '1 gb') },
        optional,
      ),
      env: fc.dictionary(
        nastyText,
        fc.oneof(nastyText, fc.constant(null), fc.record({ value: fc.oneof(nastyText, fc.constant(null)), description: nastyText })),
        few,
      ),
      ports: fc.dictionary(fc.constantFrom('80/tcp', '81/udp', '9/tcp', '65535/sctp', '7/a_b'), port, few),
      volumes: fc.dictionary(fc.oneof(path, nastyText), volume, few),
      configFiles: fc.dictionary(
        fc.oneof(path, nastyText),
        fc.record(
          { content: fc.oneof(nastyText, fc.constant(null)), mode: fc.constantFrom('0400', '444', 'x') },
          { requiredKeys: ['content'] },
        ),
        few,
      ),
      dependsOn: fc.dictionary(
        fc.oneof(key, nastyText),
        fc.record({ condition: fc.constantFrom('service_started', 'service_healthy', 'x') }, optional),
        few,
      ),
      probes: fc.record(
        {
          liveness: fc.constantFrom(
            { exec: ['/bin/sh', '-c', 'a $b'] },
            { exec: [] },
            { exec: ['a', 'b'], retries: 0, intervalSeconds: 0, timeoutSeconds: 90, startPeriodSeconds: 2 ** 31 - 1 },
            { http: { path: '/', port: 80, scheme: 'HTTP' }, retries: 2 },
            { tcpPort: 80 },
            { retries: 3 },
          ),
          readiness: fc.constant({ exec: ['x'] }),
        },
        optional,
      ),
      labels: fc.dictionary(nastyText, nastyText, few),
      extra,
    },
    { requiredKeys: ['key'] },
  )
  .map((draft) => normalizeDefinition(draft));

const section = known(
  fc.dictionary(
    fc.constantFrom('a', 'b', 'etc', 'data', 'web-a.conf'),
    fc.constantFrom<Json[]>(null, {}, { external: true }, { file: './x', content: 'y' }, { name: 'n' }, { file: ['x'] }, 'x'),
    few,
  ),
);

export const appContent: fc.Arbitrary<AppContent> = fc
  .record(
    {
      name: json,
      version: json,
      networks: section,
      volumes: section,
      configs: section,
      secrets: section,
      include: json,
      services: known(
        fc.dictionary(
          key,
          fc.constantFrom<Json[]>(
            { image: 'x', profiles: ['a'] },
            { profiles: [] },
            { profiles: ['b'], depends_on: ['web'], extends: 'x' },
            'x',
          ),
          few,
        ),
      ),
      'x-regraft': json,
      'x-a': json,
    },
    optional,
  )
  .map((all) => normalizeAppContent({ extra: all }));
