import { describe, expect, it } from 'vitest';
import { compareManifests } from '../../src/domain/compare/compare-manifests.js';
import type { DefinitionDraft } from '../../src/domain/definition/normalize.js';
import { Contents } from './contents.js';

/** Places of `web` that still name `db` by its old key, once it is `database`. */
function naming(web: Omit<DefinitionDraft, 'key'>): string[] {
  const contents = new Contents();
  const before = contents.manifest({ db: { image: 'db' }, web });
  const after = contents.manifest({ db: { key: 'database', image: 'db' }, web });
  const { components } = compareManifests(before, after, contents);
  const risks = components.flatMap(({ fields }) => fields.flatMap(({ risk }) => (risk ? [risk] : [])));
  return risks.flatMap(({ code, message }) => (code === 'STALE_REFERENCE' ? (message.split('still named by ')[1] ?? '').split(', ') : []));
}

describe('a component that was renamed', () => {
  it.each([
    ['a variable', { env: { URL: 'postgres://db:5432/app' } }, '/env/URL'],
    ['a described variable', { env: { 'A/B': { value: 'db', description: 'where' } } }, '/env/A~1B'],
    ['a command', { command: ['wait-for', 'db:5432'] }, '/command'],
    ['an entrypoint', { entrypoint: ['wait-for', 'user@db'] }, '/entrypoint'],
    [
      'a config file',
      { configFiles: { '/etc/nginx.conf': { content: 'upstream db {\n  server db:5432;\n}' } } },
      '/configFiles/~1etc~1nginx.conf/content',
    ],
    ['a probe', { probes: { liveness: { exec: ['pg_isready', '-h', 'db'] } } }, '/probes/liveness/exec'],
    ['a label', { labels: { upstream: 'Host(`db`)' } }, '/labels/upstream'],
    ['what is not modelled', { extra: { links: ['db:postgres'] } }, '/extra/links'],
    ['an object in a list', { extra: { hosts: [{ description: 'x', name: 'db' }] } }, '/extra/hosts'],
  ])('is still named by %s', (_what, web, path) => {
    expect(naming(web)).toEqual([`web ${path}`]);
  });

  it.each(['db.example.com', 'my.db', 'dbname', 'db-1', '/var/lib/db', 'mydb', 'postgres://pg:5432/db'])('is not named by %s', (text) => {
    expect(naming({ env: { A: text } })).toEqual([]);
  });

  it.each(['db', 'db:5432', 'http://db/x', 'a,db', 'see db.', 'host=db port=1', 'pg://u:p@db/x'])('is named by %s', (text) => {
    expect(naming({ env: { A: text } })).toEqual(['web /env/A']);
  });

  it('is not told to be named by what says so of a variable, nor where another took its key', () => {
    expect(naming({ env: { A: { value: 'x', description: 'the db' } } })).toEqual([]);
    const contents = new Contents();
    const web = { env: { A: 'db' } };
    const before = contents.manifest({ db: {}, web });
    const after = contents.manifest({ db: { key: 'database' }, other: { key: 'db' }, web });
    const { components } = compareManifests(before, after, contents);
    expect(components.flatMap(({ fields }) => fields).filter(({ risk }) => risk)).toEqual([]);
  });
});
