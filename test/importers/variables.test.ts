import { describe, expect, it } from 'vitest';
import { codes, failure, given, of, service } from './reading.js';

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

describe('what looks like a variable and is none', () => {
  it.each(['${A', '${}', '${A!b}', '${A:-${B}', '${1}'])('%s is refused, with its line', (text) => {
    expect(failure(of(`image: x\nuser: "${text}"`))).toMatchObject({ file: 'compose.yaml', line: 4 });
  });

  it('takes no part in a branch that is not taken', () => {
    expect(service('user: "${A:-${B:?no}}${NONE:+${C:?no}$D}"', { env: 'A=1' })).toMatchObject({ extra: { user: '1' } });
    expect(codes(of('user: "${A:-$B}"'), { env: 'A=1' })).toEqual([]);
  });
});

describe('files of variables', () => {
  it('are literal where their format is raw', () => {
    const files = given({ 'x.env': `A='q' $B # c\n# comment\nC=1=2\nFROM_ENV\n` });
    expect(service('env_file: [{ path: x.env, format: raw }]', { files, env: 'FROM_ENV=yes' })['env']).toEqual({
      A: "'q' $B # c",
      C: '1=2',
      FROM_ENV: 'yes',
    });
  });

  it('give a name alone its value from env, and leave it open without one', () => {
    expect(service('env_file: x.env', { files: given({ 'x.env': 'A\nB=2\nC\n' }), env: 'A=1' })['env']).toEqual({
      A: '1',
      B: '2',
      C: null,
    });
  });

  it('may be missing where they are not required', () => {
    expect(codes(of('env_file: [{ path: x.env, required: false }]'))).toEqual([]);
  });
});

describe('what variables leave behind', () => {
  it('is a boolean where one is read', () => {
    const lines =
      'volumes: [{ type: volume, source: d, target: /d, read_only: "${RO:-true}" }]\nhealthcheck: { test: x, disable: "${OFF:-yes}" }';
    expect(service(lines)).toMatchObject({ volumes: { '/d': { readOnly: true } }, extra: { healthcheck: { disable: 'yes' } } });
    expect(failure(of('volumes: [{ target: /d, read_only: "${RO:-perhaps}" }]')).reason).toContain('read_only is true or false');
  });

  it('is no image where it is empty', () => {
    expect(service('image: "$NONE"')).toEqual({ key: 'a', replicas: 1, extra: { image: '' } });
  });
});
