import { describe, expect, it } from 'vitest';
import { codes, failure, given, of, read, service } from './reading.js';

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
    expect(service(`command: echo $$'a\\nb' $$"x" '$$' "$$'"`)['command']).toEqual(['echo', '$a\\nb', '$x', '$', "$'"]);
    expect(service(`entrypoint: ["a b", 'c']`)['entrypoint']).toEqual(['a b', 'c']);
    expect(failure(`services:\n  a:\n    command: "it's"\n`)).toMatchObject({ message: expect.stringContaining('quote') });
    expect(failure(of('command: a\\')).reason).toContain('a backslash at its end');
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

describe('nothing is lost', () => {
  it('of several entries for one port', () => {
    const ports =
      'ports: ["8000-8010:80", "9000-9010:80", { target: 80, name: web, mode: host }, { target: 80, published: "1-5", name: two }]';
    expect(service(ports)).toMatchObject({
      ports: { '80/tcp': { exposed: true } },
      extra: {
        ports: {
          '80/tcp': [
            { published: '8000-8010' },
            { published: '9000-9010' },
            { name: 'web', mode: 'host' },
            { published: '1-5', name: 'two' },
          ],
        },
      },
    });
  });

  it('of several mounts at one path', () => {
    expect(service('volumes: [a:/x, "b:/x:ro,z", c:/x]')).toMatchObject({
      volumes: { '/x': { name: 'c' } },
      extra: { volumes: { '/x': { replaced: [{ name: 'a' }, { name: 'b', readOnly: true, mode: 'ro,z' }] } } },
    });
  });

  it('of numbers that would be written in another way', () => {
    expect(service('x-a: [9007199254740993, 0440, 1.10, 1.5, 7, 1e3, .inf, true, ~]')['extra']).toEqual({
      'x-a': ['9007199254740993', '0440', '1.10', 1.5, 7, '1e3', '.inf', true, null],
    });
  });

  it('of a file that calls itself YAML 1.1', () => {
    expect(
      read(`%YAML 1.1\n---\n${of('environment: { D: 2001-12-14, P: 22:22, Y: yes }\nx-bin: !!binary aGVsbG8=')}`).components[0],
    ).toMatchObject({
      env: { D: '2001-12-14', P: '22:22', Y: 'yes' },
      extra: { 'x-bin': 'aGVsbG8=' },
    });
  });

  it('of anchors on keys, and aliases as keys', () => {
    expect(service('x-a: { &k key: v, o: *k }\nx-b: { *k : w }')['extra']).toEqual({ 'x-a': { key: 'v', o: 'key' }, 'x-b': { key: 'w' } });
  });
});

describe('a health check', () => {
  it('is one where it is said not to be disabled', () => {
    expect(service('healthcheck: { test: [CMD, x], disable: false }')).toMatchObject({
      probes: { liveness: { exec: ['x'] } },
      extra: { healthcheck: { disable: false } },
    });
  });
});

describe('a long bind mount', () => {
  it('names a file also without a dot', () => {
    const lines = 'volumes: [{ type: bind, source: conf/n.conf, target: /n.conf }]';
    expect(service(lines, { files: given({ 'conf/n.conf': 'X' }) })['configFiles']).toEqual({ '/n.conf': { content: 'X' } });
  });
});
