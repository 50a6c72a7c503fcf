import { describe, expect, it } from 'vitest';
import { codes, failure, given, of, read, service } from './reading.js';

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

describe('a value of another shape', () => {
  it.each([
    ['image: [a]', 3],
    ['environment:\n  A: [1]', 4],
    ['environment:\n  B: { c: d }', 4],
    ['environment: text', 3],
    ['labels:\n  A: [1]', 4],
    ['depends_on: db', 3],
    ['depends_on: [{ db: x }]', 3],
    ['depends_on:\n  db: [x]', 4],
    ['deploy: text', 3],
    ['deploy:\n  resources:\n    limits: text', 5],
    ['healthcheck: text', 3],
    ['command: { a: b }', 3],
    ['env_file: [{ file: x }]', 3],
  ])('is refused with its line: %s', (lines, line) => {
    expect(failure(of(lines))).toMatchObject({ file: 'compose.yaml', line });
  });

  it.each([
    ['secrets: [hunter2]\n', 1],
    ['secrets:\n  s: hunter2\n', 2],
    ['configs:\n  c: text\n', 2],
  ])('is refused in a section: %j', (text, line) => {
    expect(failure(`${text}services: {}\n`)).toMatchObject({ file: 'compose.yaml', line });
  });
});

describe('a number out of range', () => {
  it.each([
    ['deploy:\n  replicas: 99999999999', 4],
    ['scale: 2147483648', 3],
    ['healthcheck:\n  test: x\n  interval: 9999999h', 5],
    ['healthcheck:\n  test: x\n  retries: 99999999999', 5],
  ])('is refused with its line: %s', (lines, line) => {
    expect(failure(of(lines))).toMatchObject({ file: 'compose.yaml', line, message: expect.stringContaining('2147483647') });
  });

  it('is kept beside where it is no port', () => {
    const { ports, extra } = service('ports: [{ target: 80, published: 99999 }, { target: 70000 }, "80:70000"]');
    expect(ports).toEqual({ '80/tcp': { exposed: true } });
    expect(extra).toEqual({ ports: { '80/tcp': { published: 99999 } }, unread_ports: [{ target: 70000 }, '80:70000'] });
  });
});

describe('the place of an error', () => {
  const bad = `# one\n# two\n${of('command: "it\'s"')}`;

  it('is in the overlay that says it', () => {
    expect(failure(of('image: x'), { files: [{ name: 'over.yaml', overlay: true, content: bad }] })).toMatchObject({
      file: 'over.yaml',
      line: 5,
    });
  });

  it('is in the included, or extended, file that says it', () => {
    const files = given({ 'sub/b.yaml': bad });
    expect(failure('include: [sub/b.yaml]', { files })).toMatchObject({ file: 'sub/b.yaml', line: 5 });
    expect(failure(of('extends: { file: sub/b.yaml, service: a }'), { files })).toMatchObject({ file: 'sub/b.yaml', line: 5 });
  });

  it('is in the file of variables that names a required one', () => {
    const required = 'A=1\nB=${C:?say it}\n';
    expect(failure(of('image: x'), { env: required })).toMatchObject({ file: '.env', line: 2, reason: expect.stringContaining('say it') });
    expect(failure(of('env_file: x.env'), { files: given({ 'x.env': required }) })).toMatchObject({ file: 'x.env', line: 2 });
  });

  it('is told of what only a definition refuses', () => {
    expect(failure(`x-a: "\\0"\n${of('image: x')}`)).toMatchObject({ file: 'compose.yaml', line: 1 });
    expect(failure(of('image: x\nx-b: "\\0"'))).toMatchObject({ file: 'compose.yaml', line: 4 });
  });

  it('is told of a warning', () => {
    expect(read(of('image: x\ndepends_on: [gone]')).warnings).toMatchObject([
      { code: 'DEPENDENCY_MISSING', file: 'compose.yaml', line: 4 },
    ]);
    expect(codes(of('depends_on: { db: { condition: service_started, required: false } }'))).toEqual(['DEPENDENCY_LEFT_OUT']);
  });
});
