import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { AppContent, Definition } from '../../src/domain/definition/definition.js';
import { normalizeDefinition, type DefinitionDraft } from '../../src/domain/definition/normalize.js';
import { exportCompose } from '../../src/exporters/compose/index.js';
import { importComposeProject } from '../../src/importers/compose/index.js';

function written(draft: Omit<DefinitionDraft, 'key'>, content: AppContent = {}, ...others: Definition[]): string {
  return exportCompose([normalizeDefinition({ key: 'a', ...draft }), ...others], content);
}

/** The one service, as a YAML parser reads it. */
function service(draft: Omit<DefinitionDraft, 'key'>, ...others: Definition[]): Record<string, unknown> {
  return (parse(written(draft, {}, ...others)) as { services: { a: Record<string, unknown> } }).services.a;
}

/** What is said in Compose, without what is left to x-regraft. */
function said(draft: Omit<DefinitionDraft, 'key'>, ...others: Definition[]): Record<string, unknown> {
  const { 'x-regraft': _, ...rest } = service(draft, ...others);
  return rest;
}

describe('what Compose can say is said in Compose', () => {
  it('as people write it', () => {
    const text = `name: shop
services:
  db:
    image: postgres:16
    volumes:
      - data:/var/lib/postgresql/data
    healthcheck:
      test:
        - CMD-SHELL
        - pg_isready -U $$USER
      interval: 10s
      retries: 5
  web:
    image: shop/web:1.0
    command:
      - serve
      - --port=80
    environment:
      DB_HOST: db
      DEBUG: "no"
      MOTD: |
        Hello,
          world
      OPEN: null
      PORT: "80"
    ports:
      - 127.0.0.1:8080:80
      - 9000/udp
    expose:
      - "81"
    volumes:
      - data:/data
      - ./static:/static:ro
    tmpfs:
      - /tmp
    configs:
      - source: nginx
        target: /etc/nginx.conf
        mode: "0400"
    depends_on:
      db:
        condition: service_healthy
    deploy:
      replicas: 2
      resources:
        limits:
          cpus: "0.5"
          memory: 300M
    labels:
      com.example.role: web
    networks:
      - front
    init: true
networks:
  front:
    driver: bridge
volumes:
  data: null
configs:
  nginx:
    content: |
      worker_processes 1;
x-owner: makers
`;
    const { components, content } = importComposeProject({ files: [{ content: text }] });
    expect(exportCompose(components.toReversed(), content)).toBe(text);
  });

  it.each<[string, Omit<DefinitionDraft, 'key'>, Record<string, unknown>]>([
    ['nothing', {}, {}],
    ['an empty command', { command: [] }, { command: [] }],
    ['no replicas', { replicas: 0 }, { deploy: { replicas: 0 } }],
    ['a port at two hosts', { ports: { '80/tcp': { published: { '[::1]:80': true, '80': true } } } }, { ports: ['80:80', '[::1]:80:80'] }],
    [
      'a port with its protocol',
      { ports: { '80/tcp': { exposed: true, appProtocol: 'http', published: { '8080': true } } } },
      { ports: [{ target: 80, published: '8080', app_protocol: 'http' }] },
    ],
    ['an exposed port', { ports: { '53/udp': {} } }, { expose: ['53/udp'] }],
    [
      'a port with more to it',
      { ports: { '80/tcp': { published: { '80': true } } }, extra: { ports: { '80/tcp': { mode: 'host' } } } },
      { ports: [{ target: 80, published: '80', mode: 'host' }] },
    ],
    ['ports that cannot be read', { extra: { unread_ports: ['1-2000:1-2000'] } }, { ports: ['1-2000:1-2000'] }],
    ['an anonymous volume', { volumes: { '/data': {} } }, { volumes: ['/data'] }],
    [
      'a tmpfs of a size',
      { volumes: { '/t': { kind: 'EPHEMERAL', size: '64m' } } },
      { volumes: [{ type: 'tmpfs', target: '/t', tmpfs: { size: '64m' } }] },
    ],
    [
      'a bind with a colon',
      { volumes: { '/c': { kind: 'BIND', source: 'C:\\x' } } },
      { volumes: [{ type: 'bind', source: 'C:\\x', target: '/c' }] },
    ],
    [
      'a mount with more to it',
      { volumes: { '/d': { name: 'd' } }, extra: { volumes: { '/d': { volume: { nocopy: true } } } } },
      { volumes: [{ type: 'volume', source: 'd', target: '/d', volume: { nocopy: true } }] },
    ],
    ['a program that checks', { probes: { liveness: { exec: ['a', 'b'] } } }, { healthcheck: { test: ['CMD', 'a', 'b'] } }],
    ['a check that is switched off', { extra: { healthcheck: { disable: true } } }, { healthcheck: { disable: true } }],
    ['what is not modelled', { extra: { cap_add: ['NET_ADMIN'] } }, { cap_add: ['NET_ADMIN'] }],
  ])('%s', (_, draft, expected) => {
    expect(service(draft)).toEqual(expected);
  });
});

describe('what Compose cannot say', () => {
  it.each<[string, Omit<DefinitionDraft, 'key'>, Record<string, unknown>]>([
    ['a title', { title: 'A' }, { set: { '/title': 'A' } }],
    ['an alias', { ports: { '80/tcp': { exposed: true, alias: 'web' } } }, { set: { '/ports/80~1tcp/alias': 'web' } }],
    ['a description', { env: { A: { value: 'x', description: 'd' } } }, { set: { '/env/A': { value: 'x', description: 'd' } } }],
    ['a probe of another kind', { probes: { readiness: { exec: ['x'] } } }, { set: { '/probes/readiness/exec': ['x'] } }],
    [
      'a probe in another way',
      { probes: { liveness: { tcpPort: 80, retries: 2 } } },
      { set: { '/probes/liveness/tcpPort': 80, '/probes/liveness/retries': 2 } },
    ],
    ['a shared volume', { volumes: { '/d': { kind: 'SHARED', name: 'd' } } }, { set: { '/volumes/~1d/kind': 'SHARED' } }],
    ['a file without content', { configFiles: { '/a': {} } }, { set: { '/configFiles/~1a/content': null } }],
    ['where a file comes from', { configFiles: { '/a': { content: 'x' } } }, { unset: ['/extra/configs'] }],
    ['a dependency that is not there', { dependsOn: { gone: {} } }, { set: { '/dependsOn/gone/condition': 'service_started' } }],
    ['a quantity of Kubernetes', { resources: { cpu: '500m' } }, { set: { '/resources/cpu': '500m' } }],
    [
      'what is said elsewhere',
      { extra: { env_file: 'x.env', profiles: ['debug'] } },
      { set: { '/extra/env_file': 'x.env', '/extra/profiles': ['debug'] } },
    ],
    ['our own extension', { extra: { 'x-regraft': 'mine' } }, { set: { '/extra/x-regraft': 'mine' } }],
    ['what Compose refuses', { extra: { deploy: 'text', init: true } }, { set: { '/extra/deploy': 'text' } }],
    [
      'what the importer refuses',
      { extra: { healthcheck: { disable: 'maybe' }, init: true } },
      { set: { '/extra/healthcheck/disable': 'maybe', '/extra/init': true } },
    ],
  ])('is in x-regraft: %s', (_, draft, patch) => {
    expect(service(draft)['x-regraft']).toEqual(patch);
  });

  it('does not keep Compose from starting the rest: quantities are turned, and what is left out is left out whole', () => {
    expect(said({ resources: { cpu: '500m', memory: '.5g' } })).toEqual({
      deploy: { resources: { limits: { cpus: '0.5', memory: '536870912b' } } },
    });
    expect(said({ probes: { liveness: { tcpPort: 80, retries: 2 } }, dependsOn: { gone: {} }, configFiles: { '/a': {} } })).toEqual({});
  });

  it('services that wait for each other', () => {
    const other = (key: string, need: string): Definition => normalizeDefinition({ key, dependsOn: { [need]: {} } });
    expect(said({ dependsOn: { b: {} } }, other('b', 'c'), other('c', 'd'), other('d', 'b'))).toEqual({});
    expect(said({ dependsOn: { b: {} } }, other('b', 'c'), normalizeDefinition({ key: 'c' }))).toEqual({ depends_on: ['b'] });
  });
});

describe('config files', () => {
  const file = (content: string, source?: string): Omit<DefinitionDraft, 'key'> => ({
    configFiles: { '/etc/x.conf': { content } },
    ...(source !== undefined && { extra: { configs: [{ source, target: '/etc/x.conf' }] } }),
  });
  const configs = (text: string): unknown => (parse(text) as { configs: unknown }).configs;

  it('of one config are one, while they have one content', () => {
    const b = (content: string): Definition => normalizeDefinition({ key: 'b', ...file(content, 'shared') });
    expect(configs(written(file('1', 'shared'), {}, b('1')))).toEqual({ shared: { content: '1' } });
    expect(configs(written(file('1', 'shared'), {}, b('2')))).toEqual({ shared: { content: '1' }, 'b-x.conf': { content: '2' } });
  });

  it('say their content, not the file or variable that it was from', () => {
    const content = { extra: { configs: { c: { file: './c.conf', labels: { a: 'b' } } } } };
    expect(configs(written(file('1', 'c'), content))).toEqual({ c: { labels: { a: 'b' }, content: '1' } });
  });

  it('take a name that nobody has', () => {
    expect(configs(written(file('1'), { extra: { configs: { 'a-x.conf': { external: true } } } }))).toEqual({
      'a-x.conf': { external: true },
      'a-x.conf-2': { content: '1' },
    });
  });
});

it('costs what there is to write, also where many want one name', { timeout: 20_000 }, () => {
  const configFiles = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`/${n}/x.conf`, { content: String(n) }]));
  expect(written({ configFiles })).toContain('  a-x.conf-20000:\n    content: "');
});

describe('beside the services', () => {
  const beside = (content: AppContent, draft: Omit<DefinitionDraft, 'key'> = {}): Record<string, unknown> => {
    const { services: _, ...rest } = parse(written(draft, content)) as Record<string, unknown>;
    return rest;
  };

  it('volumes and networks that services name are declared', () => {
    const draft = { volumes: { '/d': { name: 'data' } }, extra: { networks: { front: null, default: null } } };
    expect(beside({}, draft)).toEqual({
      networks: { front: null },
      volumes: { data: null },
      'x-regraft': { unset: ['/extra/networks/front', '/extra/volumes/data'] },
    });
  });

  it('services of profiles stay what they are', () => {
    const debug = { image: 'x', profiles: ['debug'] };
    expect((parse(written({}, { extra: { services: { debug } } })) as { services: object }).services).toEqual({ a: {}, debug });
    expect(beside({ extra: { services: { debug } } })).toEqual({});
  });

  it('what would be acted upon is in x-regraft', () => {
    const content = { extra: { include: ['other.yaml'], services: { a: { profiles: ['x'] } }, 'x-regraft': 1 } };
    expect(beside(content)).toEqual({
      'x-regraft': { set: { '/extra/include': ['other.yaml'], '/extra/services/a/profiles': ['x'], '/extra/x-regraft': 1 } },
    });
  });

  it('what Compose would refuse is in x-regraft', () => {
    expect(beside({ extra: { secrets: { s: { file: ['x'] } }, 'x-a': 1 } })).toEqual({
      'x-regraft': { set: { '/extra/secrets/s/file': ['x'], '/extra/x-a': 1 } },
    });
  });
});
