import { describe, expect, it } from 'vitest';
import { planDiff } from '../../src/cli/diff/plan.js';
import { fieldChange } from '../../src/cli/diff/field.js';
import { parseResolutions } from '../../src/cli/apps/resolutions.js';
import type { FieldPlan, Plan } from '../../src/cli/apps/plan-query.js';
import type { Paint } from '../../src/cli/paint.js';

const PLAIN: Paint = (_style, text) => text;
const NAMES = { ours: 'changed here', theirs: 'shop 2' };

const field = (path: string, given: Partial<FieldPlan> = {}): FieldPlan => ({
  componentKey: 'web',
  path,
  outcome: 'CONFLICT',
  presentIn: ['BASE', 'LOCAL', 'TARGET'],
  secret: false,
  base: 'a',
  local: 'b',
  target: 'c',
  result: null,
  risk: null,
  hunks: null,
  ...given,
});

const planOf = (...fields: FieldPlan[]): Plan => ({
  appId: '',
  installationId: '',
  fromVersion: '1',
  toVersion: '2',
  fingerprint: '',
  applicable: false,
  components: [{ componentId: null, templateComponentId: null, key: 'web', action: 'UPDATE', fields }],
  appFields: [],
  conflicts: fields.filter(({ outcome }) => outcome === 'CONFLICT'),
  problems: [],
  risks: [],
  notes: [],
  pending: [],
});

describe('a diff', () => {
  it('shows texts of several lines by line, with little around what changed', () => {
    const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].join('\n');
    expect(fieldChange('configFiles./etc/x.conf', { value: before }, { value: before.replace('5', 'five') }, PLAIN)).toEqual([
      '~ configFiles./etc/x.conf',
      '      …',
      '      3',
      '      4',
      '    - 5',
      '    + five',
      '      6',
      '      7',
      '      …',
    ]);
  });

  it('tells no secret, and quotes what would else be a riddle', () => {
    expect(fieldChange('env.TOKEN', 'secret', 'secret', PLAIN)).toEqual(['- env.TOKEN: (secret)', '+ env.TOKEN: (secret)']);
    expect(fieldChange('env.A', { value: '' }, { value: ' b ' }, PLAIN)).toEqual(['- env.A: ""', '+ env.A: " b "']);
  });

  it('shows nothing of a terminal that a value would command', () => {
    const [line] = fieldChange('env.A\u001B[2J', undefined, { value: 'x\u001B]0;owned\u0007\u202E' }, PLAIN);
    expect(line).toBe('+ env.A\\u001b[2J: x\\u001b]0;owned\\u0007\\u202e');
  });

  it('shows where texts clash, as merge tools do', () => {
    const lines = (start: number, ...texts: string[]): { start: number; lines: string[] } => ({ start, lines: texts });
    const hunks = [{ base: lines(2, 'x\n'), local: lines(2, 'ours\n'), target: lines(3, 'theirs\n') }];
    const shown = planDiff(planOf(field('/configFiles/~1etc~1x.conf/content', { hunks })), NAMES, PLAIN).join('\n');
    expect(shown).toMatch(/<<<<<<< ours, line 2\n +ours\n +=======\n +theirs\n +>>>>>>> theirs, line 3/);
  });

  it('quotes the place to settle for the shell', () => {
    const shown = planDiff(planOf(field("/labels/it's")), NAMES, PLAIN).join('\n');
    expect(shown).toContain(`--resolve 'web.labels.it'\\''s=ours'`);
  });
});

describe('--resolve', () => {
  it('takes a value as JSON where the field is no text', () => {
    const plan = planOf(field('/replicas', { base: 1, local: 2, target: 3 }));
    expect(parseResolutions(['web.replicas=4'], plan)).toEqual([{ componentKey: 'web', path: '/replicas', choice: 'VALUE', value: 4 }]);
    expect(() => parseResolutions(['web.replicas=four'], plan)).toThrow('a value as JSON is expected');
  });

  it('names a component as a whole, app-level content, and the longest of places that begin alike', () => {
    const plan = planOf(field('/labels/a'), field('/labels/a=b'), field('/extra/x', { componentKey: '' }));
    expect(parseResolutions(['web=ours', '.extra.x=theirs', 'web.labels.a=b=ours'], plan)).toEqual([
      { componentKey: 'web', path: '', choice: 'LOCAL' },
      { componentKey: '', path: '/extra/x', choice: 'TEMPLATE' },
      { componentKey: 'web', path: '/labels/a=b', choice: 'LOCAL' },
    ]);
  });

  it('refuses a name of two places, and says how to write each', () => {
    const plan = planOf(field('/labels/a.b'), field('/labels/a/b'));
    expect(() => parseResolutions(['web.labels.a.b=ours'], plan)).toThrow('web:/labels/a.b=… or web:/labels/a/b=…');
  });
});
