import { describe, expect, it } from 'vitest';
import { failure, given, of, read, service } from './reading.js';

const times = (count: number, make: (n: number) => string, separator = '\n'): string =>
  Array.from({ length: count }, (_, n) => make(n)).join(separator);

/**
 * Small inputs that would unfold to much more, and large ones on which a careless algorithm is quadratic. Where these limits are lost the tests run
 * into the time limit of the suite, or out of memory.
 */
describe('an import ends soon', () => {
  it.each([
    ['a text that is named often', `x-t: &t "${'x'.repeat(1_000_000)}"\n${of(`environment:\n${times(700, (n) => `  V${n}: *t`)}`)}`, {}],
    ['a variable that is named often', of(`environment:\n${times(700, (n) => `  V${n}: $T`)}`), { env: `T=${'x'.repeat(1_000_000)}` }],
    ['variables that double', of('image: $A40'), { env: `A0=x\n${times(40, (n) => `A${n + 1}=$A${n}$A${n}`)}` }],
    ['variables that double within one text', of(`image: "\${A:-${'$T'.repeat(10_000)}}"`), { env: `T=${'x'.repeat(100_000)}` }],
    [
      'an env_file of many services',
      `services:\n${times(3000, (n) => `  s${n}: { env_file: x.env }`)}`,
      { files: given({ 'x.env': `A=${'x'.repeat(100_000)}` }) },
    ],
    [
      'folders that are mounted often',
      of(`volumes:\n${times(2000, (n) => `  - ./d:/t${n}`)}`),
      { files: given(Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`d/f${n}`, 'x']))) },
    ],
    [
      'a service that many extend',
      `services:\n  b: { environment: { ${times(5000, (n) => `V${n}: v`, ', ')} } }\n${times(2000, (n) => `  s${n}: { extends: b, environment: { A: 1 } }`)}`,
      {},
    ],
    [
      'a mapping that many merge',
      `x-m: &m { ${times(5000, (n) => `V${n}: v`, ', ')} }\nservices:\n${times(2000, (n) => `  s${n}: { environment: { <<: *m } }`)}`,
      {},
    ],
  ])('with %s', (_, text, source) => {
    expect(failure(text, source).reason).toContain('the project unfolds to more than');
  });

  it.each([
    ['variables nested', of(`image: "${'${a:-'.repeat(3000)}${'}'.repeat(3000)}"`), 'nested deeper'],
    ['variables left open', of(`image: "${'${a'.repeat(60_000)}"`), 'no variable'],
    ['lists nested', `x-a: ${'['.repeat(2000)}${']'.repeat(2000)}\n`, 'nested deeper'],
    ['lists nested by aliases', `x-0: &l0 [a]\n${times(200, (n) => `x-${n + 1}: &l${n + 1} [*l${n}]`)}`, 'nested deeper'],
    [
      'services extended in a row',
      `services:\n${times(4000, (n) => `  s${n}: { extends: s${n + 1} }`)}\n  s4000: { image: x }\n`,
      'in a row',
    ],
    [
      'services extended in a row, backwards',
      `services:\n  s0: { image: x }\n${times(4000, (n) => `  s${n + 1}: { extends: s${n} }`)}\n`,
      'in a row',
    ],
  ])('with too many %s', (_, text, reason) => {
    expect(failure(text).reason).toContain(reason);
  });

  it('with files that each include the next one twice', () => {
    const files = given(
      Object.fromEntries(
        Array.from({ length: 18 }, (_, n) => [`f${n}.yaml`, n === 17 ? of('image: x') : `include: [f${n + 1}.yaml, f${n + 1}.yaml]\n`]),
      ),
    );
    expect(read('include: [f0.yaml, f0.yaml]\n', { files }).components).toHaveLength(1);
  });

  it('with a file that every service extends', () => {
    const common = `services:\n${times(300, (s) => `  s${s}: { image: x, environment: { ${times(30, (v) => `V${v}: v`, ', ')} } }`)}`;
    const text = `services:\n${times(300, (n) => `  s${n}: { extends: { file: c.yaml, service: s${n} } }`)}`;
    expect(read(text, { files: given({ 'c.yaml': common }) }).components).toHaveLength(300);
  });

  it('with services that wait for one another in a long row', () => {
    const text = `services:\n${times(5000, (n) => `  s${n}: { image: x, depends_on: [s${n + 1}] }`)}\n  s5000: { image: x }\n`;
    expect(read(text).components).toHaveLength(5001);
    expect(failure(`${text}  s5001: { depends_on: [s5002] }\n  s5002: { depends_on: [s5001] }\n`)).toMatchObject({ line: 5003 });
  });

  it('with many keys in one mapping', () => {
    const keys = times(60_000, (n) => `  k${n}: v`);
    expect(Object.keys((read(`x-a:\n${keys}\n`).content.extra?.['x-a'] ?? {}) as object)).toHaveLength(60_000);
    expect(failure(`x-a:\n${keys}\n  k7: v\n`)).toMatchObject({ line: 60_002, reason: 'the key "k7" is given twice' });
  });
});

describe('the ports of a service', () => {
  it('are fields up to 1,000, and kept as they are beyond', () => {
    const { ports, extra } = service('ports: ["80:80", "10000-20000:10000-20000/udp"]\nexpose: ["3000-3998"]');
    expect(Object.keys(ports as object)).toHaveLength(1000);
    expect(extra).toEqual({ unread_ports: ['10000-20000:10000-20000/udp'] });
  });

  it('are soon read however many ranges name them', () => {
    expect(service(`ports:\n${times(100, (n) => `  - "1-65535/p${n}"`)}`)['ports']).toBeUndefined();
  });
});
