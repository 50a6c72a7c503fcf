import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers have the shape of the query beside them
type Answer = any;

interface Field {
  readonly path: string;
  readonly outcome: string;
  readonly base: unknown;
  readonly local: unknown;
  readonly target: unknown;
  readonly result: unknown;
}

/** The story of the design, step by step; each step says what it does, shows what it got, and checks it. */
export class Story {
  #step = 0;

  constructor(
    private readonly url: string,
    private readonly compose: (version: string) => string,
  ) {}

  async tell(): Promise<void> {
    const source = await this.importShop();
    const templateId = await this.publishFirst(source);
    const { appId, position } = await this.install(templateId);
    await this.changeLocally(appId);
    await this.publishSecond(source, templateId);
    await this.refuseSmaller(source, templateId);
    const fingerprint = await this.plan(appId);
    await this.upgrade(appId, fingerprint);
    await this.audit(appId);
    await this.catchUp(appId, position);
  }

  private async importShop(): Promise<string> {
    this.say('A team has a shop: a web server and a database. It imports its Compose file.');
    const { createApp } = await this.ask('mutation { createApp(input: { name: "Shop (source)", team: "shop-makers" }) { app { id } } }');
    const id = createApp.app.id as string;
    const { importCompose } = await this.ask(
      `mutation ($id: ID!, $text: String!) { importCompose(input: { appId: $id, files: [{ name: "compose.yaml", content: $text }] }) {
         app { components { key image } } warnings { message } } }`,
      { id, text: this.compose('1.0') },
    );
    for (const { key, image } of importCompose.app.components) this.show(`${key.padEnd(6)} ${image}`);
    assert.deepEqual(importCompose.warnings, []);
    assert.equal(importCompose.app.components.length, 2);
    return id;
  }

  private async publishFirst(appId: string): Promise<string> {
    this.say('It publishes the shop as a template, version 1.0.');
    const { publishTemplate } = await this.ask(
      `mutation ($id: ID!) { publishTemplate(input: { appId: $id, name: "shop", version: "1.0", notes: "The first one." }) {
         template { id } release { state version syncRecords { componentKey change state } } } }`,
      { id: appId },
    );
    this.showRelease(publishTemplate.release);
    assert.equal(publishTemplate.release.state, 'PUBLISHED');
    return publishTemplate.template.id as string;
  }

  private async install(templateId: string): Promise<{ appId: string; position: string }> {
    this.say('Ada installs shop 1.0 for herself.');
    const { installTemplate } = await this.ask(
      `mutation ($id: ID!) { installTemplate(input: { templateId: $id, appName: "Ada's shop", team: "ada" }) {
         position app { id name } installation { currentVersion } } }`,
      { id: templateId },
    );
    this.show(`${installTemplate.app.name} stands at ${installTemplate.installation.currentVersion}`);
    assert.equal(installTemplate.installation.currentVersion, '1.0');
    return { appId: installTemplate.app.id as string, position: installTemplate.position as string };
  }

  private async changeLocally(appId: string): Promise<void> {
    this.say('She makes it hers: three replicas, more logs, and a welcome of her own.');
    const { app } = await this.ask('query ($id: ID!) { app(id: $id) { components { id key } } }', { id: appId });
    const web = app.components.find(({ key }: { key: string }) => key === 'web');
    const { updateComponent } = await this.ask(
      `mutation ($app: ID!, $web: ID!) { updateComponent(input: { appId: $app, componentId: $web, set: { replicas: 3,
         env: [{ name: "LOG_LEVEL", value: "debug" }, { name: "WELCOME", value: "Come in!" }] } }) {
         component { localChanges { path before after } } } }`,
      { app: appId, web: web.id },
    );
    for (const { path, before, after } of updateComponent.component.localChanges) this.show(`${path}: ${quote(before)} -> ${quote(after)}`);
    assert.equal(updateComponent.component.localChanges.length, 3);
  }

  private async publishSecond(appId: string, templateId: string): Promise<void> {
    this.say('Meanwhile the team adds Redis and a new web image, and looks before it publishes.');
    await this.ask(
      `mutation ($id: ID!, $text: String!) { importCompose(input: { appId: $id, files: [{ name: "compose.yaml", content: $text }] }) { position } }`,
      { id: appId, text: this.compose('1.1') },
    );
    const { publishPreview } = await this.ask(
      'query ($app: ID!, $id: ID!) { publishPreview(appId: $app, templateId: $id) { suggestedVersion suggestionReason } }',
      { app: appId, id: templateId },
    );
    this.show(`suggested: ${publishPreview.suggestedVersion}, because ${publishPreview.suggestionReason}`);
    assert.equal(publishPreview.suggestedVersion, '1.1');

    this.say('It publishes 1.1. The synchronization record says what is new.');
    const { publishTemplate } = await this.ask(
      `mutation ($app: ID!, $id: ID!) { publishTemplate(input: { appId: $app, templateId: $id, version: "1.1", notes: "Faster, with Redis." }) {
         release { state version syncRecords { componentKey change state } }
         template { releaseRecords { edges { node { version state } } } } } }`,
      { app: appId, id: templateId },
    );
    this.showRelease(publishTemplate.release);
    const changes = publishTemplate.release.syncRecords.map(
      ({ componentKey, change }: Record<string, string>) => `${componentKey} ${change}`,
    );
    assert.deepEqual(changes.sort(), ['db UNCHANGED', 'redis ADDED', 'web CHANGED']);
    const versions = publishTemplate.template.releaseRecords.edges.map((edge: Answer) => edge.node.version);
    this.show(`release records: ${versions.join(', ')}`);
    assert.deepEqual(versions, ['1.1', '1.0']);
  }

  private async refuseSmaller(appId: string, templateId: string): Promise<void> {
    this.say('Publishing 1.0 once more, or 1.1 in another spelling, is refused.');
    for (const version of ['1.0', 'v1.1.0', 'latest']) {
      const { errors } = await this.send(
        'mutation ($app: ID!, $id: ID!, $v: String!) { publishTemplate(input: { appId: $app, templateId: $id, version: $v }) { position } }',
        { app: appId, id: templateId, v: version },
      );
      this.show(`${version}: ${errors[0].extensions.code}`);
      assert.equal(errors[0].extensions.code, version === 'latest' ? 'VERSION_INVALID' : 'VERSION_NOT_LARGER');
    }
  }

  private async plan(appId: string): Promise<string> {
    this.say("Ada's upgrade management shows what she can move to, and the plan what it would do.");
    const { app } = await this.ask(
      'query ($id: ID!) { app(id: $id) { installations { currentVersion upgradableVersions { version notes } } } }',
      { id: appId },
    );
    const [installation] = app.installations;
    this.show(
      `at ${installation.currentVersion}, upgradable: ${installation.upgradableVersions.map((v: Answer) => `${v.version} (${v.notes})`).join(', ')}`,
    );
    assert.deepEqual(
      installation.upgradableVersions.map((v: Answer) => v.version),
      ['1.1'],
    );
    const { upgradePlan } = await this.ask(
      `query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1") {
         applicable conflicts { path } components { key action fields { path outcome base local target result } } } }`,
      { id: appId },
    );
    for (const { key, action, fields } of upgradePlan.components) {
      this.show(`${key.padEnd(6)} ${action}`);
      if (action === 'UPDATE') for (const field of fields as Field[]) this.show(`         ${told(field)}`);
    }
    assert.deepEqual(
      upgradePlan.conflicts.map((field: Field) => field.path),
      ['/env/WELCOME'],
    );

    this.say('One clash: both changed the welcome. Ada keeps hers, and has a plan that can be applied.');
    const settled = await this.ask(
      `query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1", ${KEEP_WELCOME}) { applicable fingerprint } }`,
      {
        id: appId,
      },
    );
    this.show(`applicable: ${settled.upgradePlan.applicable}, fingerprint ${settled.upgradePlan.fingerprint.slice(0, 12)}...`);
    assert.equal(settled.upgradePlan.applicable, true);
    return settled.upgradePlan.fingerprint as string;
  }

  private async upgrade(appId: string, fingerprint: string): Promise<void> {
    this.say('She upgrades. Her changes are still there.');
    const { upgradeApp } = await this.ask(
      `mutation ($id: ID!, $print: String!) { upgradeApp(input: { appId: $id, toVersion: "1.1", planFingerprint: $print, ${KEEP_WELCOME},
         reason: "Redis at last" }) {
         installation { currentVersion } app { components { key image replicas env { name value } } }
         upgrade { state fromVersion toVersion startedBy { id } reason } } }`,
      { id: appId, print: fingerprint },
    );
    this.show(`at ${upgradeApp.installation.currentVersion}`);
    for (const { key, image, replicas } of upgradeApp.app.components) this.show(`${key.padEnd(6)} ${image}, replicas ${replicas}`);
    const web = upgradeApp.app.components.find(({ key }: { key: string }) => key === 'web');
    const env = Object.fromEntries(web.env.map(({ name, value }: Record<string, string>) => [name, value]));
    for (const [name, value] of Object.entries(env)) this.show(`         ${name}=${String(value)}`);
    assert.equal(upgradeApp.installation.currentVersion, '1.1');
    assert.deepEqual(env, { DB_HOST: 'db', LOG_LEVEL: 'debug', REDIS_HOST: 'redis', WELCOME: 'Come in!' });
    assert.equal(web.replicas, 3);
    assert.equal(web.image, 'example/shop-web:1.1');
  }

  private async audit(appId: string): Promise<void> {
    this.say('An auditor reads what happened to the app, event by event.');
    const { history } = await this.ask(
      'query ($id: ID!) { history(filter: { appId: $id }) { edges { node { revision type recordedAt actor { id } } } } }',
      { id: appId },
    );
    for (const { node } of history.edges)
      this.show(`${String(node.revision).padStart(2)} ${node.recordedAt} ${node.actor.id} ${node.type}`);
    assert.equal(history.edges.at(-1).node.type, 'AppUpgraded');
  }

  private async catchUp(appId: string, position: string): Promise<void> {
    this.say('An integration that was offline since the install catches up on upgrades from where it stopped.');
    const client = createClient({ url: `${this.url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket });
    const events = client.iterate<Answer>({
      query: `subscription ($after: Position!, $id: ID!) { upgradeEvents(after: $after, appId: $id) { caughtUp event { type } } }`,
      variables: { after: position, id: appId },
    });
    const types: string[] = [];
    for await (const { data, errors } of events) {
      if (errors) throw new Error(errors[0]?.message);
      if (data.upgradeEvents.event) types.push(data.upgradeEvents.event.type as string);
      if (data.upgradeEvents.caughtUp) break;
    }
    await client.dispose();
    this.show(types.join(', '));
    assert.deepEqual(types, ['UpgradeStarted', 'ComponentUpgraded', 'ComponentUpgraded', 'AppUpgraded']);
  }

  private say(text: string): void {
    console.log(`\n${String(++this.#step).padStart(2)}. ${text}`);
  }

  private show(text: string): void {
    console.log(`      ${text}`);
  }

  private showRelease({ version, state, syncRecords }: Answer): void {
    this.show(`release ${version}: ${state}`);
    for (const { componentKey, change, state: synced } of syncRecords) this.show(`${componentKey.padEnd(6)} ${change}, ${synced}`);
  }

  private async send(query: string, variables: object = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  }

  private async ask(query: string, variables: object = {}): Promise<Answer> {
    const { data, errors } = await this.send(query, variables);
    if (errors) throw new Error(errors.map((error: Answer) => `${error.extensions.code}: ${error.message}`).join('; '));
    return data;
  }
}

const KEEP_WELCOME = 'resolutions: [{ componentKey: "web", path: "/env/WELCOME", choice: LOCAL }]';

function told({ path, outcome, base, local, target, result }: Field): string {
  if (outcome === 'CONFLICT') return `${path}: CONFLICT, was ${quote(base)}, hers ${quote(local)}, template ${quote(target)}`;
  return `${path}: ${outcome}, ${quote(base)} -> ${quote(result)}`;
}

function quote(value: unknown): string {
  return value === null || value === undefined ? 'nothing' : JSON.stringify(value);
}
