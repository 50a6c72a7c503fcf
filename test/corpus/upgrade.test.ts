import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { parseVersion } from '../../src/domain/version.js';
import { openTestBackend } from '../support/backend.js';
import { corpusProjects, hasCorpus } from './corpus.js';
import { WALK_EDITS, type WalkEdit } from './edited-install.js';
import { publishHistory, versionsInOrder } from './history.js';
import { EDIT_KINDS } from './random-edits.js';
import { seededRandom } from './random.js';
import { emptyTally, HEAD, rowOf } from './tally.js';
import { Walk } from './walk.js';

/** How many walks through each project: few, since each goes forth and back. */
const SEEDS = Number(process.env['CORPUS_SEEDS'] || 8);

describe.skipIf(!hasCorpus)('upgrading installs of public projects under random local edits', () => {
  let backend: RunningBackend;
  const met = new Map<WalkEdit, number>();
  beforeAll(async () => {
    backend = await openTestBackend();
    console.log(HEAD);
  });
  afterAll(() => backend.close());

  if (!hasCorpus) it('needs ../shared/corpus/compose', () => undefined);

  for (const [project, all] of corpusProjects()) {
    const versions = versionsInOrder(all);
    if (versions.length === 0) {
      it(`has no version label of ${project} that the rules accept`, () => {
        expect(all.map(({ version }) => parseVersion(version))).not.toContainEqual(expect.anything());
      });
      continue;
    }

    it(`predicts every leaf of ${project}, forth and back`, { timeout: 60_000 * SEEDS }, async () => {
      const history = await publishHistory(backend, project, versions);
      expect(history.targets.length + history.refused).toBe(versions.length);
      const tally = emptyTally();
      const later = history.targets.slice(1);
      for (let seed = 1; seed <= SEEDS; seed++) {
        const random = seededRandom(`${project} ${seed}`);
        const walk = await Walk.start({ backend, random, tally, met }, history, `${project} ${seed}`);
        for (const target of later) await walk.step(target);
      }
      console.log(rowOf(project, all.length, history.targets.length, tally));
      expect(tally.upgrades).toBe(later.length * SEEDS);
      expect(tally.settled).toBe(tally.conflicts);
    });
  }

  it('made edits of every kind', () => {
    expect([...EDIT_KINDS, ...WALK_EDITS].filter((kind) => !met.has(kind))).toEqual([]);
  });
});
