import { expect } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { handleCreateApp } from '../../src/commands/apps.js';
import { handleImportCompose } from '../../src/commands/import-compose.js';
import { handlePublishTemplate } from '../../src/commands/publish.js';
import type { TemplateId } from '../../src/domain/ids.js';
import { compareVersions, parseVersion } from '../../src/domain/version.js';
import { importComposeProject } from '../../src/importers/compose/index.js';
import { tester } from '../support/backend.js';
import type { CorpusVersion } from './corpus.js';
import { fail, type Target, type Tree } from './model.js';

/** Those whose label is a version by the rules, smallest first. */
export function versionsInOrder(all: readonly CorpusVersion[]): CorpusVersion[] {
  const versionOf = ({ version }: CorpusVersion): NonNullable<ReturnType<typeof parseVersion>> =>
    parseVersion(version) ?? fail('no version');
  return all.filter(({ version }) => parseVersion(version)).sort((left, right) => compareVersions(versionOf(left), versionOf(right)));
}

export interface History {
  readonly templateId: TemplateId;
  /** What was published, in order. */
  readonly targets: readonly Target[];
  /** How many versions were refused, as there was nothing new in them. */
  readonly refused: number;
}

/** Imports and publishes each version of a project from one source app. */
export async function publishHistory(
  { services, releases }: RunningBackend,
  project: string,
  versions: readonly CorpusVersion[],
): Promise<History> {
  const { result: source } = await handleCreateApp(services, tester, { name: `${project} source`, team: 'corpus' });
  const targets: Target[] = [];
  let templateId: TemplateId | undefined;
  let refused = 0;
  for (const [index, target] of identify(versions).entries()) {
    const { version, source: files } = versions[index] ?? fail('no version');
    await handleImportCompose(services, tester, { appId: source, source: files, renames: new Map(), dryRun: false });
    const as = templateId ? { templateId } : { name: project };
    const release = await handlePublishTemplate(services, tester, { appId: source, version, identities: [], as }).catch(
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'NOTHING_TO_PUBLISH' });
        refused += 1;
      },
    );
    if (!release) continue;
    await releases.run(release.result, tester);
    templateId = release.result.templateId;
    targets.push(target);
  }
  return { templateId: templateId ?? fail('nothing was published'), targets, refused };
}

/** What each version consists of, with identities that follow the keys from version to version. */
function identify(versions: readonly CorpusVersion[]): Target[] {
  let before = new Map<string, string>();
  return versions.map(({ version, source }, index) => {
    const identities = new Map<string, string>();
    const components = new Map<string, Tree>();
    const project = importComposeProject(source);
    for (const definition of project.components) {
      const identity = before.get(definition.key) ?? `${definition.key}#${index}`;
      identities.set(definition.key, identity);
      components.set(identity, JSON.parse(JSON.stringify(definition)) as Tree);
    }
    before = identities;
    return { version, components, content: JSON.parse(JSON.stringify(project.content)) as unknown };
  });
}
