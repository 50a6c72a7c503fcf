import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/domain/canonical.js';
import { exportCompose } from '../../src/exporters/compose/index.js';
import { importComposeProject } from '../../src/importers/compose/index.js';
import type { ImportedProject } from '../../src/importers/imported-project.js';
import { corpusProjects, hasCorpus } from './corpus.js';

function digests({ components, content }: ImportedProject): unknown {
  return { components: components.map((each) => [each.key, digestOf(each)]).sort(), content: digestOf(content) };
}

describe.skipIf(!hasCorpus)('exporting public projects', () => {
  for (const [project, versions] of corpusProjects()) {
    it(`and importing them again is the identity on digests: ${project}`, () => {
      for (const { version, source } of versions) {
        const imported = importComposeProject(source);
        const text = exportCompose(imported.components, imported.content);
        const again = importComposeProject({ files: [{ name: 'compose.yaml', content: text }] });
        expect(digests(again), version).toEqual(digests(imported));
        expect(exportCompose(again.components, again.content), version).toBe(text);
      }
    });
  }
});
