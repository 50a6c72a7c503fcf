import { describe, expect, it } from 'vitest';
import { importComposeProject } from '../../src/importers/compose/index.js';
import { ImportFailedError, type ComposeSource, type SourceFile } from '../../src/importers/imported-project.js';
import { suggestRenames } from '../../src/importers/suggest-renames.js';

type Source = Omit<ComposeSource, 'files'> & { readonly files?: readonly SourceFile[] };

const read = (content: string, { files = [], ...rest }: Source = {}): ReturnType<typeof importComposeProject> =>
  importComposeProject({ files: [{ name: 'compose.yaml', content }, ...files], ...rest });
/** The one service of a project, as plain data. */
const service = (lines: string, source: Source = {}): Record<string, unknown> =>
  JSON.parse(JSON.stringify(read(`services:\n  a:\n${lines.replace(/^/gm, '    ')}`, source).components[0])) as Record<string, unknown>;
const failure = (content: string, source: Source = {}): ImportFailedError => {
  try {
    read(content, source);
  } catch (error) {
    if (error instanceof ImportFailedError) return error;
    throw error;
  }
  throw new Error('it was read');
};
const codes = (content: string, source: Source = {}): string[] => read(content, source).warnings.map(({ code }) => code);

describe('variables', () => {
  const env = 'A=1\nEMPTY=\nQUOTED="x\\ny"\nSINGLE=\'$A\'\nexport B=${A}2 # two\n';
  it.each([
    ['$A', '1'],
    ['${A}', '1'],
    ['${NONE:-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${NONE-d}', 'd'],
    ['${A:+other}', 'other'],
    ['${EMPTY:+other}', ''],
    ['${EMPTY+other}', 'other'],
    ['${NONE:-${A:-x}}', '1'],
    ['${NONE:-${ALSO:-deep}}', 'deep'],
    ['$$A', '$A'],
    ['${B}', '12'],
    ['${QUOTED}', 'x\ny'],
    ['${SINGLE}', '$A'],
    ['$(date)', '$(date)'],
  ])('%s is %j', (text, value) => {
    expect(service(`image: '${text}'`, { env })['image'] ?? '').toBe(value);
  });

  it('refuses a required one that is missing, with its line', () => {
    const error = failure('services:\n  a:\n    image: ${TAG:?say which}\n');
    expect(error).toMatchObject({ file: 'compose.yaml', line: 3, message: expect.stringContaining('say which') });
  });

  it('warns once of one that has no value', () => {
    expect(codes('services:\n  a: { image: "x$NONE", user: "$NONE" }\n')).toEqual(['VARIABLE_UNSET']);
  });
});

describe('the fields of a service', () => {
  it('reads ports in short and long syntax, ranges, protocols, host addresses', () => {
    const ports = `ports:
  - "80"
  - "8080:81"
  - "127.0.0.1:8082:82/udp"
  - "9000-9001:90-91"
  - { target: 443, published: "8443", app_protocol: https, mode: host }
  - 8083:82/udp
expose: ["5000", 80]`;
    const { ports: read, extra } = service(ports);
    expect(read).toEqual({
      '80/tcp': { exposed: true },
      '81/tcp': { exposed: true, published: { '8080': true } },
      '82/udp': { exposed: true, published: { '127.0.0.1:8082': true, '8083': true } },
      '90/tcp': { exposed: true, published: { '9000': true } },
      '91/tcp': { exposed: true, published: { '9001': true } },
      '443/tcp': { exposed: true, appProtocol: 'https', published: { '8443': true } },
      '5000/tcp': { exposed: false },
    });
    expect(extra).toEqual({ ports: { '443/tcp': { mode: 'host' } } });
  });

  it('reads volumes in short and long syntax, and tmpfs', () => {
    const volumes = `volumes:
  - data:/data
  - /anonymous
  - ./here:/there:ro,z
  - { type: volume, source: other, target: /other, volume: { nocopy: true } }
tmpfs: ["/tmp:size=64m"]`;
    expect(service(volumes)).toMatchObject({
      volumes: {
        '/data': { kind: 'PERSISTENT', name: 'data', readOnly: false },
        '/anonymous': { kind: 'PERSISTENT', readOnly: false },
        '/there': { kind: 'BIND', source: './here', readOnly: true },
        '/other': { kind: 'PERSISTENT', name: 'other', readOnly: false },
        '/tmp': { kind: 'EPHEMERAL', size: '64m', readOnly: false },
      },
      extra: { volumes: { '/there': { mode: 'ro,z' }, '/other': { volume: { nocopy: true } }, '/tmp': { tmpfs: 'size=64m' } } },
    });
  });

  it('makes config files of bind mounts whose content is given, and of configs', () => {
    const text = `services:
  a:
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro", "./conf.d:/etc/conf.d"]
    configs: [plain, { source: inline, target: /etc/inline, mode: 0440 }]
configs:
  plain: { file: ./plain.txt }
  inline: { content: "hello $WHO" }
`;
    const files = [
      { name: 'nginx.conf', content: 'events {}' },
      { name: 'conf.d/one.conf', content: 'one' },
      { name: 'plain.txt', content: 'plain' },
    ];
    const { components, content } = read(text, { files, env: 'WHO=you' });
    expect(components[0]?.configFiles).toEqual({
      '/etc/nginx/nginx.conf': { content: 'events {}' },
      '/etc/conf.d/one.conf': { content: 'one' },
      '/plain': { content: 'plain' },
      '/etc/inline': { content: 'hello you', mode: '0440' },
    });
    expect(content.extra).toEqual({ configs: { plain: { file: './plain.txt' }, inline: {} } });
  });

  it('lets environment win over env_file, a later file over an earlier, and takes names alone from env', () => {
    const lines = `env_file: [one.env, { path: two.env }, missing.env]\nenvironment: [A=own, FROM_ENV, OPEN]`;
    const files = [
      { name: 'one.env', content: 'A=1\nB=1\n' },
      { name: 'two.env', content: 'B=2\n' },
    ];
    expect(service(lines, { files, env: 'FROM_ENV=yes' })['env']).toEqual({ A: 'own', B: '2', FROM_ENV: 'yes', OPEN: null });
    expect(codes(`services: { a: { env_file: missing.env } }`)).toEqual(['ENV_FILE_MISSING']);
  });

  it('keeps scalars of environment and labels as they are written', () => {
    expect(service('environment: { N: 1.0, B: true, O: 0755, E: }\nlabels: ["a=b=c", d]')).toMatchObject({
      env: { N: '1.0', B: 'true', O: '0755', E: null },
      labels: { a: 'b=c', d: '' },
    });
  });

  it('splits commands into shell words, and leaves lists alone', () => {
    expect(service(`command: sh -c 'echo "a b" $$X' "" x\\ y --glob=*.js`)['command']).toEqual([
      'sh',
      '-c',
      'echo "a b" $X',
      '',
      'x y',
      '--glob=*.js',
    ]);
    expect(service(`entrypoint: ["a b", 'c']`)['entrypoint']).toEqual(['a b', 'c']);
    expect(failure(`services:\n  a:\n    command: "it's"\n`)).toMatchObject({ message: expect.stringContaining('quote') });
  });

  it('reads health checks, and keeps beside what is not whole seconds', () => {
    const check = `healthcheck: { test: curl -f localhost, interval: 1m30s, timeout: 500ms, retries: 3, start_period: 5s }`;
    expect(service(check)).toMatchObject({
      probes: { liveness: { exec: ['/bin/sh', '-c', 'curl -f localhost'], intervalSeconds: 90, retries: 3, startPeriodSeconds: 5 } },
      extra: { healthcheck: { timeout: '500ms' } },
    });
    expect(service('healthcheck: { test: [CMD, a, b] }')['probes']).toEqual({ liveness: { exec: ['a', 'b'] } });
    expect(service('healthcheck: { disable: true }')).toMatchObject({ extra: { healthcheck: { disable: true } } });
  });

  it('reads replicas and limits from deploy before their older places', () => {
    const deploy = `scale: 2\nmem_limit: 1g\ncpus: 1\ndeploy: { replicas: 3, mode: replicated, resources: { limits: { cpus: "0.5", memory: 64M, pids: 10 }, reservations: { memory: 32M } } }`;
    expect(service(deploy)).toMatchObject({
      replicas: 3,
      resources: { cpu: '0.5', memory: '64M' },
      extra: {
        scale: 2,
        mem_limit: '1g',
        cpus: 1,
        deploy: { mode: 'replicated', resources: { limits: { pids: 10 }, reservations: { memory: '32M' } } },
      },
    });
  });

  it('reads depends_on in both forms, and warns of what is not there', () => {
    const text = `services:\n  a: { depends_on: { b: { condition: service_healthy, restart: true } } }\n  b: { depends_on: [gone] }\n`;
    const { components, warnings } = read(text);
    expect(components[0]).toMatchObject({
      dependsOn: { b: { condition: 'service_healthy' } },
      extra: { depends_on: { b: { restart: true } } },
    });
    expect(components[1]?.dependsOn).toEqual({ gone: { condition: 'service_started' } });
    expect(warnings.map(({ code }) => code)).toEqual(['DEPENDENCY_MISSING']);
  });

  it('keeps what it does not model, build included', () => {
    expect(service('build: { context: ., args: { A: "1" } }\nrestart: always\nnetworks: [front]\nx-mine: { a: [1, 2] }')).toEqual({
      key: 'a',
      replicas: 1,
      extra: { build: { context: '.', args: { A: '1' } }, restart: 'always', networks: { front: null }, 'x-mine': { a: [1, 2] } },
    });
  });

  it('takes a key such as __proto__ for a key like any other', () => {
    const [component] = read('services:\n  a:\n    environment: { __proto__: x, constructor: y }\n').components;
    expect(Object.entries(component?.env ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

describe('secrets', () => {
  it('keeps the names, and no value anywhere', () => {
    const text = `services:\n  a: { image: x, secrets: [s, t, u] }\nsecrets:\n  s: { file: ./s.txt }\n  t: { environment: TOKEN }\n  u: { content: hunter2 }\n`;
    const project = read(text, { files: [{ name: 's.txt', content: 'topsecret' }], env: 'TOKEN=abcdef' });
    expect(JSON.stringify([project.components, project.content])).not.toMatch(/topsecret|abcdef|hunter2/);
    expect(project.content.extra).toEqual({ secrets: { s: { file: './s.txt' }, t: { environment: 'TOKEN' }, u: {} } });
    expect(project.warnings.map(({ code }) => code)).toEqual(['SECRET_LEFT_OUT', 'SECRET_LEFT_OUT', 'SECRET_LEFT_OUT']);
  });
});

describe('several files', () => {
  it('lays overlays over the project by the rules of Compose', () => {
    const base = `services:\n  a: { image: a:1, command: one, ports: ["80:80"], environment: { A: "1", B: "1" }, volumes: ["x:/data"], dns: [1.1.1.1] }\n`;
    const overlay = `services:\n  a: { command: two, ports: ["81:81"], environment: [B=2], volumes: ["y:/data"], dns: [8.8.8.8] }\n  b: { image: b:1 }\n`;
    const [a, b] = read(base, { files: [{ content: overlay, overlay: true }] }).components;
    expect(a).toMatchObject({
      image: 'a:1',
      command: ['two'],
      env: { A: '1', B: '2' },
      volumes: { '/data': { name: 'y' } },
      extra: { dns: ['1.1.1.1', '8.8.8.8'] },
    });
    expect(Object.keys(a?.ports ?? {})).toEqual(['80/tcp', '81/tcp']);
    expect(b?.key).toBe('b');
  });

  it('resets and overrides where an overlay says so', () => {
    const base = `services:\n  a: { image: a:1, ports: ["80:80"], environment: { A: "1" }, user: me }\n`;
    const overlay = `services:\n  a:\n    ports: !override ["81:81"]\n    environment: !reset {}\n    user: !reset null\n`;
    const [a] = read(base, { files: [{ content: overlay, overlay: true }] }).components;
    expect(JSON.parse(JSON.stringify(a))).toEqual({
      key: 'a',
      image: 'a:1',
      replicas: 1,
      ports: { '81/tcp': { exposed: true, published: { '81': true } } },
    });
  });

  it('extends services of the same file and of others, from their own folder', () => {
    const text = `services:\n  a: { extends: { file: base/common.yaml, service: web }, environment: { B: "2" } }\n  c: { extends: d }\n  d: { image: d:1 }\n`;
    const common = `services:\n  web: { extends: root, env_file: web.env }\n  root: { image: web:1, environment: { A: "1", B: "1" } }\n`;
    const files = [
      { name: 'base/common.yaml', content: common },
      { name: 'base/web.env', content: 'C=3\n' },
    ];
    const { components } = read(text, { files });
    expect(components.map(({ key, image, env }) => ({ key, image, ...env }))).toEqual([
      { key: 'a', image: 'web:1', A: '1', B: '2', C: '3' },
      { key: 'c', image: 'd:1' },
      { key: 'd', image: 'd:1' },
    ]);
  });

  it('includes other projects, with an environment of their own', () => {
    const text = `include:\n  - other/compose.yaml\n  - { path: [third.yaml], env_file: third.env }\nservices:\n  a: { image: a:1 }\n`;
    const files = [
      { name: 'other/compose.yaml', content: 'services: { b: { image: "b:$TAG" } }' },
      { name: 'third.yaml', content: 'services: { c: { image: "c:$OWN" } }' },
      { name: 'third.env', content: 'OWN=9' },
    ];
    expect(read(text, { files, env: 'TAG=2' }).components.map(({ image }) => image)).toEqual(['b:2', 'c:9', 'a:1']);
  });

  it('knows anchors, merge keys and the first format of Compose', () => {
    const text = `x-common: &common { restart: always, environment: { A: "1" } }\nservices:\n  a: { <<: *common, image: a:1 }\n`;
    expect(read(text).components[0]).toMatchObject({ image: 'a:1', env: { A: '1' }, extra: { restart: 'always' } });
    expect(read('web:\n  image: web:1\n').components.map(({ key }) => key)).toEqual(['web']);
  });
});

describe('profiles', () => {
  const text = `services:\n  a: { image: a, depends_on: [needed] }\n  debug: { image: d, profiles: [debug] }\n  needed: { image: n, profiles: [extra] }\n`;

  it('leaves out what is not asked for, keeping it in extra, and takes in what an active service needs', () => {
    const { components, content, warnings } = read(text);
    expect(components.map(({ key }) => key)).toEqual(['a', 'needed']);
    expect(content.extra).toEqual({ services: { debug: { image: 'd', profiles: ['debug'] } } });
    expect(warnings.map(({ code }) => code).sort()).toEqual(['SERVICE_INACTIVE', 'SERVICE_TAKEN_IN']);
  });

  it('takes in what is asked for, or everything', () => {
    expect(read(text, { profiles: ['debug'] }).components).toHaveLength(3);
    expect(read(text, { profiles: ['*'] }).components).toHaveLength(3);
    expect(codes('services: { a: { profiles: [x] } }')).toEqual(['PROFILES_TAKEN_IN']);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['broken YAML', 'services:\n  a: [\n', 3],
    ['a key given twice', 'services:\n  a: { image: x }\n  a: { image: y }\n', 3],
    ['a service that is no mapping', 'services:\n  a: text\n', 2],
    ['an undefined extends', 'services:\n  a:\n    extends: b\n', 3],
    ['a file that is not given', 'services:\n  a:\n    extends: { file: x.yaml, service: b }\n', 3],
    ['services that extend each other', 'services:\n  a: { extends: b }\n  b: { extends: a }\n', 2],
    ['services that wait for each other', 'services:\n  a: { depends_on: [b] }\n  b: { depends_on: [a] }\n', 2],
    ['an anchor in itself', 'services:\n  a: &x\n    b: *x\n', 3],
    ['a name that is no key', 'services:\n  "a b": { image: x }\n', 2],
  ])('%s is one error with file and line', (_, text, line) => {
    expect(failure(text)).toMatchObject({ file: 'compose.yaml', line });
  });

  it('refuses aliases that unfold to more than anybody wrote', () => {
    const levels = Array.from({ length: 12 }, (_, n) => `x-${n + 1}: &l${n + 1} [${Array.from({ length: 9 }, () => `*l${n}`).join(', ')}]`);
    expect(failure(`x-0: &l0 [a]\n${levels.join('\n')}\nservices: {}\n`).message).toContain('more than');
  });

  it('refuses files that include each other', () => {
    const files = [
      { name: 'b.yaml', content: 'include: [c.yaml]' },
      { name: 'c.yaml', content: 'include: [b.yaml]' },
    ];
    expect(failure('include: [b.yaml]', { files }).message).toContain('b.yaml -> c.yaml -> b.yaml');
  });
});

describe('renamed services', () => {
  it('are suggested where one that went and one that came look the same', () => {
    const [old, other] = read(
      'services:\n  db: { image: postgres:16, environment: { A: "1" }, ports: ["5432:5432"] }\n  x: { image: x }\n',
    ).components;
    const [renamed] = read('services:\n  database: { image: postgres:16, environment: { A: "1" }, ports: ["5432:5432"] }\n').components;
    expect(old && other && renamed && suggestRenames([old, other], [renamed])).toEqual([{ from: 'db', to: 'database' }]);
  });
});
