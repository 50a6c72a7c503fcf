import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { mutationDocument } from '../../src/cli/api/caller.js';
import { FOLLOW_DOCUMENTS } from '../../src/cli/api/follow.js';
import { NAME_QUERIES } from '../../src/cli/api/names.js';
import { HISTORY, HISTORY_COUNT } from '../../src/cli/apps/history.js';
import { IMPORT_PAYLOAD } from '../../src/cli/apps/import.js';
import { INSTALL_PAYLOAD, VERSION_KEYS } from '../../src/cli/apps/install.js';
import { APP_INSTALLATIONS } from '../../src/cli/apps/installed.js';
import { ROLLBACK_PLAN, UPGRADE_PLAN } from '../../src/cli/apps/plan-query.js';
import { PUBLISH_PAYLOAD, PUBLISH_PREVIEW, RELEASE_RECORD, TEMPLATES_OF_APP } from '../../src/cli/apps/publish.js';
import { UPGRADE_RECORDS } from '../../src/cli/apps/rollback.js';
import { UPGRADE_PAYLOAD, UPGRADE_RECORD } from '../../src/cli/apps/run.js';
import { APP_COMPONENTS, SET_PAYLOAD } from '../../src/cli/apps/set.js';
import { CREATE_PAYLOAD, REVOKE_PAYLOAD, TOKENS } from '../../src/cli/apps/token.js';
import { END_OF_LOG } from '../../src/cli/apps/watch.js';

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

const queries = [
  ...NAME_QUERIES,
  ...Object.values(FOLLOW_DOCUMENTS),
  APP_COMPONENTS,
  APP_INSTALLATIONS,
  END_OF_LOG,
  HISTORY,
  HISTORY_COUNT,
  PUBLISH_PREVIEW,
  RELEASE_RECORD,
  ROLLBACK_PLAN,
  TEMPLATES_OF_APP,
  TOKENS,
  UPGRADE_PLAN,
  UPGRADE_RECORD,
  UPGRADE_RECORDS,
  VERSION_KEYS,
];
const mutations = [
  ['createApp', 'CreateAppInput', 'app { id name }'],
  ['importCompose', 'ImportComposeInput', IMPORT_PAYLOAD],
  ['publishTemplate', 'PublishTemplateInput', PUBLISH_PAYLOAD],
  ['installTemplate', 'InstallTemplateInput', INSTALL_PAYLOAD],
  ['createToken', 'CreateTokenInput', CREATE_PAYLOAD],
  ['revokeToken', 'RevokeTokenInput', REVOKE_PAYLOAD],
  ['updateComponent', 'UpdateComponentInput', SET_PAYLOAD],
  ['upgradeApp', 'UpgradeAppInput', UPGRADE_PAYLOAD],
  ['rollbackUpgrade', 'RollbackUpgradeInput', UPGRADE_PAYLOAD],
] as const;

describe('what the command line asks', () => {
  it.each([...queries, ...mutations.map(([name, input, selection]) => mutationDocument(name, input, selection))])(
    'is in the schema: %s',
    (document) => {
      expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]);
    },
  );
});
