import { describe, expect, it } from 'vitest';
import { failure, of, plain, read, service } from './reading.js';

describe('x-regraft of a service', () => {
  it('says what Compose cannot, upon what the rest says', () => {
    const said = service(`image: x
expose: [80]
environment: { A: "1" }
x-regraft:
  set:
    /title: Web
    /ports/80~1tcp/alias: web
    /env/A: { value: "1", description: what it is }
    /probes/readiness/tcpPort: 80`);
    expect(said).toEqual({
      key: 'a',
      title: 'Web',
      image: 'x',
      replicas: 1,
      env: { A: { value: '1', description: 'what it is' } },
      ports: { '80/tcp': { exposed: false, alias: 'web' } },
      probes: { readiness: { tcpPort: 80 } },
    });
  });

  it('takes away what Compose says too much', () => {
    expect(service('image: x\nlabels: { a: b }\nx-regraft: { unset: [/labels/a] }')).toEqual({ key: 'a', image: 'x', replicas: 1 });
  });

  it.each<[string, string, string, number]>([
    ['a value that no definition can have', '/replicas: -1', '/replicas', 6],
    ['half a volume', '/volumes/~1data/name: data', '/volumes/~1data', 6],
    ['two ways to probe', '/probes/liveness/tcpPort: 80\n    /probes/liveness/exec: [x]', '/probes/liveness', 6],
    ['a field that there is not', '/imag: y', '/imag', 6],
    ['what is no pointer', 'title: Web', 'title', 6],
    ['a value within another one', '/replicas/x: y', '/replicas/x', 6],
    ['a value around others', '/extra: y', '/extra', 6],
    ['another key', '/key: b', '/key', 6],
    ['an empty pointer', '"": y', '', 6],
    ['a text with NUL', '/title: "\\0"', '/title', 6],
  ])('is refused with file, line and pointer: %s', (_, set, pointer, line) => {
    expect(failure(of(`init: true\nx-regraft:\n  set:\n    ${set}`))).toMatchObject({
      file: 'compose.yaml',
      line,
      reason: expect.stringContaining(`service "a": x-regraft: ${pointer}`),
    });
  });

  it('is refused where it takes away what is not there', () => {
    expect(failure(of('image: x\nx-regraft:\n  unset:\n    - /title'))).toMatchObject({
      line: 6,
      reason: expect.stringContaining('x-regraft: /title: unset names nothing that the file says'),
    });
  });

  it.each([
    'x-regraft: text',
    'x-regraft: { sets: {} }',
    'x-regraft: { set: [] }',
    'x-regraft: { unset: /title }',
    'x-regraft: { unset: [{}] }',
  ])('is refused in another shape: %s', (lines) => {
    expect(failure(of(lines))).toMatchObject({ file: 'compose.yaml', line: 3 });
  });

  it('has the last word, also over an overlay', () => {
    const overlay = { name: 'over.yaml', overlay: true, content: of('environment: { A: "2", B: "2" }') };
    expect(service('environment: { A: "1" }\nx-regraft: { set: { /env/A: "0" } }', { files: [overlay] })).toMatchObject({
      env: { A: '0', B: '2' },
    });
  });

  it('is not kept in extra', () => {
    expect(service('image: x\nx-regraft: {}')).toEqual({ key: 'a', image: 'x', replicas: 1 });
  });
});

describe('x-regraft of a project', () => {
  const project = (set: string): string => `services: {}\nvolumes: { data: }\nx-regraft:\n  set:\n    ${set}\n`;

  it('says what stands beside the components', () => {
    const { content } = read(`${project('/extra/x-regraft/set: mine')}  unset: [/extra/volumes/data]\n`);
    expect(plain(content)).toEqual({ extra: { 'x-regraft': { set: 'mine' } } });
  });

  it.each(['/title: x', '/extras/a: x', '/extra: x'])('is refused with its line where it says anything else: %s', (set) => {
    expect(failure(project(set))).toMatchObject({ file: 'compose.yaml', line: 5, reason: expect.stringContaining('x-regraft: /') });
  });
});
