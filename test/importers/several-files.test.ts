import { describe, expect, it } from 'vitest';
import { codes, failure, given, of, plain, read, service } from './reading.js';

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

describe('merging', () => {
  const merged = (under: string, over: string) =>
    plain(read(of(under), { files: [{ name: 'o.yaml', overlay: true, content: of(over) }] }).components[0]);

  it.each([
    ['env_file: a.env', 'env_file: b.env', { extra: { env_file: ['a.env', 'b.env'] } }],
    ['dns: 1.1.1.1', 'dns: [2.2.2.2]', { extra: { dns: ['1.1.1.1', '2.2.2.2'] } }],
    ['dns_search: [a]', 'dns_search: b', { extra: { dns_search: ['a', 'b'] } }],
    ['tmpfs: /a', 'tmpfs: /b', { volumes: { '/a': {}, '/b': {} } }],
    ['build: ./x', 'build: { args: [A=1] }', { extra: { build: { context: './x', args: ['A=1'] } } }],
    ['build: { args: [A=1] }', 'build: { args: { B: 2 } }', { extra: { build: { args: { A: '1', B: 2 } } } }],
    [
      'extra_hosts: ["h:1.1.1.1", "h:2.2.2.2"]',
      'extra_hosts: { k: 3.3.3.3 }',
      { extra: { extra_hosts: ['h:1.1.1.1', 'h:2.2.2.2', 'k=3.3.3.3'] } },
    ],
  ])('appends %s and %s', (under, over, expected) => {
    expect(merged(under, over)).toMatchObject(expected);
  });

  it('keeps to the rules of services within services', () => {
    const over = { name: 'o.yaml', overlay: true, content: 'x-a: { command: [c], valueOf: [d], toString: [e] }\n' };
    const { content } = read(`x-a: { command: [a], valueOf: [b], toString: [c] }\n${of('image: x')}`, { files: [over] });
    expect(plain(content.extra)).toEqual({ 'x-a': { command: ['a', 'c'], valueOf: ['b', 'd'], toString: ['c', 'e'] } });
  });

  it('keeps the type of a scalar that overrides', () => {
    const over = 'command: !override null\nprivileged: !override true\nscale: !override 3\nuser: !override "true"';
    expect(merged('command: [a]\nprivileged: false\nuser: me', over)).toEqual({
      key: 'a',
      replicas: 3,
      extra: { privileged: true, user: 'true' },
    });
  });

  it('replaces a service by one that overrides it and extends another', () => {
    const over = 'services:\n  b: { image: b:1 }\n  a: !override { extends: b }\n';
    const { components } = read(of('image: a:1\nuser: me'), { files: [{ name: 'o.yaml', overlay: true, content: over }] });
    expect(plain(components)).toEqual([
      { key: 'a', image: 'b:1', replicas: 1 },
      { key: 'b', image: 'b:1', replicas: 1 },
    ]);
  });
});

describe('included projects', () => {
  it('may be overridden by an overlay, but not by the file that includes them', () => {
    const files = given({ 'b.yaml': of('image: x:1\nuser: me') });
    const overlay = { name: 'o.yaml', overlay: true, content: of('image: x:2') };
    expect(read('include: [b.yaml]', { files: [...files, overlay] }).components[0]).toMatchObject({ image: 'x:2', extra: { user: 'me' } });
    expect(failure(`include: [b.yaml]\n${of('image: x:2')}`, { files })).toMatchObject({ file: 'compose.yaml', line: 3 });
  });

  it('have the variables of all their files, under those of the project that includes them', () => {
    const files = given({ 'b.yaml': of('image: "$A$B$C"\nenvironment: [B]'), '1.env': 'A=1\nB=1\nC=1', '2.env': 'B=2' });
    const [a] = read('include: [{ path: b.yaml, env_file: [1.env, 2.env] }]', { files, env: 'C=3' }).components;
    expect(a).toMatchObject({ image: '123', env: { B: '2' } });
    expect(codes('include: [{ path: b.yaml, env_file: [1.env, gone.env] }]', { files })).toEqual(['ENV_FILE_MISSING']);
  });

  it('have those of the .env beside them where they name none', () => {
    const files = given({ 'sub/b.yaml': of('image: "$A"'), 'sub/.env': 'A=1' });
    expect(read('include: [sub/b.yaml]', { files }).components[0]?.image).toBe('1');
  });

  it('may be included by several', () => {
    const files = given({ 'b.yaml': 'include: [d.yaml]', 'c.yaml': 'include: [d.yaml]', 'd.yaml': of('image: x') });
    expect(read('include: [b.yaml, c.yaml]', { files }).components).toHaveLength(1);
  });
});

describe('paths', () => {
  const sub = of(
    'env_file: a.env\nvolumes: ["./c.conf:/c", "..:/up", { type: bind, source: d.conf, target: /d }]\nconfigs: [c]\nbuild: ./app\nlabel_file: l',
  );
  const files = given({
    'sub/b.yaml': `${sub}configs: { c: { file: c.conf } }\n`,
    'sub/a.env': 'X=sub',
    'sub/c.conf': 'c',
    'sub/d.conf': 'd',
    'a.env': 'X=main',
    'c.conf': 'main',
    'd.conf': 'main',
  });
  const expected = {
    env: { X: 'sub' },
    volumes: { '/up': { kind: 'BIND', source: '.' } },
    extra: {
      env_file: './sub/a.env',
      build: './sub/app',
      label_file: './sub/l',
      volumes: { '/c': { source: './sub/c.conf' }, '/d': { source: './sub/d.conf' } },
    },
  };

  it('of an included file are seen from that file', () => {
    const { components, content } = read('include: [sub/b.yaml]', { files });
    expect(plain(components[0])).toMatchObject({ ...expected, configFiles: { '/c': { content: 'c' }, '/d': { content: 'd' } } });
    expect(content.extra).toEqual({ configs: { c: { file: './sub/c.conf' } } });
  });

  it('of an included file are seen from its project_directory where there is one', () => {
    const { components } = read('include: [{ path: sub/b.yaml, project_directory: . }]', { files });
    expect(plain(components[0])).toMatchObject({ env: { X: 'main' }, extra: { build: './app', env_file: 'a.env' } });
  });

  it('of an extended service are seen from its file', () => {
    expect(service('extends: { file: sub/b.yaml, service: a }', { files })).toMatchObject(expected);
  });

  it('that are the same from everywhere stay', () => {
    const lines = 'build: https://example.com/x.git\nvolumes: ["/abs:/a", "~/x:/b", "name:/c"]\nenv_file: /etc/x.env';
    expect(read('include: [sub/b.yaml]', { files: given({ 'sub/b.yaml': of(lines) }) }).components[0]).toMatchObject({
      volumes: { '/a': { source: '/abs' }, '/b': { source: '~/x' }, '/c': { name: 'name' } },
      extra: { build: 'https://example.com/x.git', env_file: '/etc/x.env' },
    });
  });

  it('to the folder of a project file are sources, whose files are not taken in', () => {
    expect(service('volumes: [".:/src"]', { files: given({ 'x.txt': 'x' }) })['configFiles']).toBeUndefined();
    const { components } = read('include: [sub/b.yaml]', { files: given({ 'sub/b.yaml': of('volumes: [".:/src"]'), 'sub/x.txt': 'x' }) });
    expect(components[0]).toMatchObject({ volumes: { '/src': { source: './sub' } } });
    expect(components[0]?.configFiles).toBeUndefined();
  });
});
