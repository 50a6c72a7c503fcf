/** Publishes a template, installs it, publishes its next version and upgrades the install, with typed operations: `node client/examples/first-upgrade.ts`. */
import {
  createClient,
  CreateAppDocument,
  ImportComposeDocument,
  InstallTemplateDocument,
  PublishTemplateDocument,
  RegraftError,
  UpgradeAppDocument,
  UpgradePlanDocument,
} from '@regraft/client';

const client = createClient({ url: process.env['REGRAFT_URL'] ?? 'http://127.0.0.1:4000' });
const source = (await client.mutate(CreateAppDocument, { input: { name: 'Shop (source)' } })).createApp.app.id;
const publish = async (version: string, template: { name: string } | { templateId: string }) => {
  const content = `services: { web: { image: "example/shop-web:${version}" } }`;
  await client.mutate(ImportComposeDocument, { input: { appId: source, files: [{ name: 'compose.yaml', content }] } });
  const input = { appId: source, version, commandId: crypto.randomUUID(), ...template };
  return (await client.mutate(PublishTemplateDocument, { input })).publishTemplate.template.id;
};
const templateId = await publish('1.0', { name: 'shop' });
const { app } = (await client.mutate(InstallTemplateDocument, { input: { templateId, appName: "Ada's shop" } })).installTemplate;
await publish('1.1', { templateId });

// The plan that was looked at is the one that is carried out, once, however often it is sent.
const { upgradePlan } = await client.query(UpgradePlanDocument, { appId: app.id, toVersion: '1.1' });
const input = { appId: app.id, toVersion: '1.1', planFingerprint: upgradePlan.fingerprint, commandId: crypto.randomUUID() };
const { upgradeApp } = await client.mutate(UpgradeAppDocument, { input });
console.log(upgradeApp.upgrade.state, upgradeApp.installation.currentVersion);

// What is refused has a code, and says what to do.
try {
  await client.mutate(UpgradeAppDocument, { input: { appId: app.id, toVersion: '0.9' } });
} catch (error) {
  if (!(error instanceof RegraftError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
