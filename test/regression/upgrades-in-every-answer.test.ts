import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it('every mutation that answers with an upgrade answers with the list of upgrades, too', async () => {
  const { api } = server;
  const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'source' }, 'app { id }');
  const importing = (image: string): Promise<unknown> =>
    api.mutate(
      'importCompose',
      'ImportComposeInput',
      { appId: app.id, files: [{ content: `services: { web: { image: "${image}" } }` }] },
      'position',
    );
  await importing('web:1');
  const { template } = await api.mutate(
    'publishTemplate',
    'PublishTemplateInput',
    { appId: app.id, name: 'shop', version: '1.0' },
    'template { id }',
  );
  await importing('web:2');
  await api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, templateId: template.id, version: '2.0' }, 'position');
  const install = { templateId: template.id, version: '1.0', appName: 'install', target: 'EXTERNAL' };
  const { app: installed } = await api.mutate('installTemplate', 'InstallTemplateInput', install, 'app { id components { id } }');
  const ANSWER = 'upgrade { id state } upgrades { id state }';
  const start = { appId: installed.id, toVersion: '2.0' };
  const { upgrade } = await api.mutate('upgradeApp', 'UpgradeAppInput', start, ANSWER);

  const run = { appId: installed.id, upgradeId: upgrade.id };
  const report = { ...run, componentId: installed.components[0].id, state: 'FAILED' };
  const failed = await api.mutate('reportComponentUpgrade', 'ReportComponentUpgradeInput', report, ANSWER);
  const retried = await api.mutate('retryUpgrade', 'RetryUpgradeInput', run, ANSWER);
  const settlement = { ...run, outcome: 'COMPLETED', reason: 'seen' };
  const settled = await api.mutate('settleUpgrade', 'SettleUpgradeInput', settlement, ANSWER);
  const undone = await api.mutate('rollbackUpgrade', 'RollbackUpgradeInput', run, ANSWER);

  const answers = [failed, retried, settled, undone];
  expect(answers.map(({ upgrade: last }) => last.state)).toEqual(['FAILED', 'RUNNING', 'COMPLETED', 'COMPLETED']);
  expect(answers.map(({ upgrades }) => upgrades)).toEqual(answers.map(({ upgrade: last }) => [last]));
});
