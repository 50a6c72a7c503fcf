import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startRelease } from '../../src/domain/template/decide.js';
import { deprecateVersion, restoreVersion, withdrawVersion } from '../../src/domain/template/decide-version-state.js';
import type { TemplateEvent } from '../../src/domain/template/events.js';
import { requireOffered } from '../../src/domain/template/offered.js';
import { findVersion, largestOffered, largestVersion, manifestOf, type Release } from '../../src/domain/template/state.js';
import { requireVersion } from '../../src/domain/version.js';
import { eventsOf, given, published, release, stateOf } from './releases.js';

const first = published([], release('1.0', { web: 'web1' }));
const both = published(first, release('1.1', { web: 'web2' }));

const decided = (
  before: readonly TemplateEvent[],
  decide: typeof withdrawVersion,
  label: string,
  reason?: string,
): readonly TemplateEvent[] => [...before, ...eventsOf(decide({ version: requireVersion(label), reason }, stateOf(before)))];
const asked = (decide: typeof withdrawVersion, label: string, reason?: string) => (state: ReturnType<typeof stateOf>) =>
  decide({ version: requireVersion(label), reason }, state);
const versionOf = (events: readonly TemplateEvent[], label: string): Release | undefined =>
  findVersion(stateOf(events), requireVersion(label));

const deprecated = decided(both, deprecateVersion, '1.1', 'move to 2.0');
const withdrawn = decided(both, withdrawVersion, '1.1', 'it loses sessions');

describe.each([
  ['deprecating', deprecateVersion],
  ['withdrawing', withdrawVersion],
  ['restoring', restoreVersion],
] as const)('%s a version', (_name, decide) => {
  it('refuses one that is not published, and one whose release is still running', () => {
    given(both).when(asked(decide, '1.2')).thenRefuses('NOT_FOUND');
    const running = [...both, ...eventsOf(startRelease(release('1.2', { web: 'web3' }), stateOf(both)))];
    given(running).when(asked(decide, '1.2')).thenRefuses('NOT_FOUND');
  });

  it('names it as it was published, whatever the spelling that is asked for', () => {
    const state = stateOf(decide === restoreVersion ? withdrawn : both);
    const [said] = eventsOf(decide({ version: requireVersion('v1.1.0'), reason: 'why' }, state));
    expect(said?.data).toEqual({ templateId: 't', version: '1.1', reason: 'why' });
  });

  it('changes nothing of its content', () => {
    const marked = decided(decide === restoreVersion ? withdrawn : both, decide, '1.1', 'why');
    const [before, after] = [both, marked].map((events) => versionOf(events, '1.1'));
    expect(after && manifestOf(after)).toEqual(before && manifestOf(before));
    expect(after?.manifest).toBe(before?.manifest);
    expect(after?.status).toBe('published');
  });
});

describe('deprecating', () => {
  it('marks the version, which stays on offer', () => {
    given(both).when(asked(deprecateVersion, '1.1')).then('VersionDeprecated');
    expect(versionOf(deprecated, '1.1')?.mark).toEqual({ state: 'deprecated', reason: 'move to 2.0' });
    expect(largestOffered(stateOf(deprecated))?.version.label).toBe('1.1');
  });

  it('changes nothing the second time, unless there is another reason', () => {
    given(deprecated)
      .when(asked(deprecateVersion, '1.1', 'move to 2.0'))
      .then();
    given(deprecated).when(asked(deprecateVersion, '1.1')).then();
    given(deprecated)
      .when(asked(deprecateVersion, '1.1', 'support ends'))
      .then('VersionDeprecated');
  });

  it('refuses a withdrawn version, which it would offer again unasked', () => {
    given(withdrawn).when(asked(deprecateVersion, '1.1')).thenRefuses('VERSION_WITHDRAWN');
  });
});

describe('withdrawing', () => {
  it('takes the version off the offer, deprecated or not', () => {
    given(both).when(asked(withdrawVersion, '1.1')).then('VersionWithdrawn');
    given(deprecated).when(asked(withdrawVersion, '1.1')).then('VersionWithdrawn');
    expect(largestOffered(stateOf(withdrawn))?.version.label).toBe('1.0');
    expect(largestOffered(stateOf(decided(withdrawn, withdrawVersion, '1.0')))).toBeUndefined();
  });

  it('changes nothing the second time, unless there is another reason', () => {
    given(withdrawn)
      .when(asked(withdrawVersion, '1.1', 'it loses sessions'))
      .then();
    given(withdrawn).when(asked(withdrawVersion, '1.1')).then();
    given(withdrawn)
      .when(asked(withdrawVersion, '1.1', 'it loses data'))
      .then('VersionWithdrawn');
  });

  it('refuses the version as a target, with the reason and what to do', () => {
    const target = versionOf(withdrawn, '1.1');
    if (!target) throw new Error('no version');
    expect(() => requireOffered(target)).toThrow(
      expect.objectContaining({
        code: 'VERSION_WITHDRAWN',
        message: 'version 1.1 is withdrawn (it loses sessions): choose another one, or restore it first',
        details: { version: '1.1', reason: 'it loses sessions' },
      }),
    );
  });

  it('leaves what a further version must be larger than, and is compared with', () => {
    expect(largestVersion(stateOf(withdrawn))?.version.label).toBe('1.1');
    given(withdrawn)
      .when((state) => startRelease(release('1.1.0', { web: 'web3' }), state))
      .thenRefuses('VERSION_NOT_LARGER');
    given(withdrawn)
      .when((state) => startRelease(release('1.2', { web: 'web2' }), state))
      .thenRefuses('NOTHING_TO_PUBLISH');
    const next = given(withdrawn).when((state) => startRelease(release('1.2', { web: 'web1' }), state));
    expect(next.started()?.basedOn).toBe('1.1');
  });
});

describe('restoring', () => {
  it('offers the version again, without a mark', () => {
    for (const marked of [deprecated, withdrawn]) {
      given(marked).when(asked(restoreVersion, '1.1')).then('VersionRestored');
      const restored = decided(marked, restoreVersion, '1.1');
      expect(versionOf(restored, '1.1')?.mark).toBeUndefined();
      expect(largestOffered(stateOf(restored))?.version.label).toBe('1.1');
    }
  });

  it('changes nothing of a version that is as it was published', () => {
    given(both)
      .when(asked(restoreVersion, '1.1', 'why'))
      .then();
  });
});

describe('after any commands', () => {
  it('the largest version on offer is the largest that is not withdrawn', () => {
    let events = first;
    for (const [n, label] of ['1.9', '1.10', '2.0-rc.1', '2.0'].entries()) events = published(events, release(label, { web: `w${n}` }));
    const labels = ['1.0', '1.9', '1.10', '2.0-rc.1', '2.0'];
    const withdrawing = fc.array(fc.tuple(fc.constantFrom(...labels), fc.boolean()), { maxLength: 12 });
    fc.assert(
      fc.property(withdrawing, (steps) => {
        const gone = new Set<string>();
        let after = events;
        for (const [label, isGone] of steps) {
          after = decided(after, isGone ? withdrawVersion : restoreVersion, label);
          if (isGone) gone.add(label);
          else gone.delete(label);
        }
        expect(largestOffered(stateOf(after))?.version.label).toBe(labels.findLast((label) => !gone.has(label)));
      }),
    );
  });
});
