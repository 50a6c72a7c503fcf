import { describe, expect, it } from 'vitest';
import { nodesOf, world, World, type Answer } from './world.js';

describe('rule 12: who, when and why is on every event', () => {
  let time = Date.parse('2026-01-01T00:00:00.000Z');
  let ids = 0;
  const now = (): string => new Date(time).toISOString();
  const newId = (): string => `00000000-0000-7000-8000-${String(++ids).padStart(12, '0')}`;
  const w = world({ runtime: { now, newId, random: () => 0.5 } });

  /** A day later, somebody asks for something, in the course of `what`; the same is its command id. */
  async function asked(what: string, mutation: string, input: object, selection = 'position'): Promise<Answer> {
    time += 24 * 60 * 60 * 1000;
    const world = new World(w().api.with({ 'x-correlation-id': what }));
    return world.do(mutation, { ...input, commandId: what }, selection);
  }
  /** Of each event: in the course of what, whose command, who, when. */
  const ENVELOPE = 'type correlationId causationId commandId actor { id kind } occurredAt recordedAt data';

  it('of an app and of a template: the actor, the time, the request that it came of, the command, and the reason that was given', async () => {
    const { app: source } = await asked('create', 'createApp', { name: 'source' }, 'app { id }');
    const web = { appId: source.id, component: { key: 'web', image: 'web:1' } };
    const { component } = await asked('add', 'addComponent', web, 'component { id }');
    const { template } = await asked('publish', 'publishTemplate', { appId: source.id, name: 'shop', version: '1.0' }, 'template { id }');
    const templateId = template.id as string;
    const { app } = await asked('install', 'installTemplate', { templateId, appName: 'mine' }, 'app { id }');
    const appId = app.id as string;
    await asked('edit', 'updateComponent', { appId: source.id, componentId: component.id, set: { image: 'web:2' } });
    await asked('publish again', 'publishTemplate', { appId: source.id, templateId, version: '1.1' });
    const reason = 'the shop is slow';
    const { upgrade } = await asked('upgrade', 'upgradeApp', { appId, toVersion: '1.1', reason }, 'upgrade { id startedAt }');
    const upgradedAt = now();
    await asked('go back', 'rollbackUpgrade', { appId, upgradeId: upgrade.id, reason: 'slower still' });
    await asked('withdraw', 'withdrawVersion', { templateId, version: '1.1', reason: 'it is slow' });

    const [ofApp, ofTemplate] = [await w().history({ appId }, ENVELOPE), await w().history({ templateId }, ENVELOPE)];
    const told = (events: readonly Answer[]): string[] => events.map(({ type, correlationId }) => `${correlationId}: ${type}`);
    const upgraded = ['upgrade: UpgradeStarted', 'upgrade: ComponentUpgraded', 'upgrade: AppUpgraded'];
    const wentBack = ['go back: RollbackStarted', 'go back: ComponentUpgraded', 'go back: AppRolledBack'];
    const published = (what: string): string[] =>
      ['ReleaseStarted', 'ComponentSynced', 'TemplatePublished'].map((type) => `${what}: ${type}`);
    expect(told(ofApp)).toEqual(['install: AppCreated', 'install: TemplateInstalled', ...upgraded, ...wentBack]);
    // That of a template has what became of its installs.
    expect(told(ofTemplate)).toEqual([
      'publish: NameReserved',
      'publish: TemplateCreated',
      ...published('publish'),
      'install: TemplateInstalled',
      ...published('publish again'),
      ...upgraded,
      ...wentBack,
      'withdraw: VersionWithdrawn',
    ]);
    for (const event of [...ofApp, ...ofTemplate]) {
      const { type, correlationId } = event;
      expect(event, type).toMatchObject({ actor: { id: 'local', kind: 'ANONYMOUS' }, causationId: correlationId });
      // What the server does by itself, to bring a release to its end, is nobody's command.
      const byItself = ['ComponentSynced', 'TemplatePublished'].includes(type as string);
      expect(event.commandId, type).toBe(byItself ? null : correlationId);
      expect(Date.parse(event.recordedAt as string), type).not.toBeNaN();
    }
    const at = (events: readonly Answer[], type: string): Answer => events.find((event) => event.type === type);
    expect(at(ofApp, 'UpgradeStarted')).toMatchObject({ occurredAt: upgradedAt, data: { reason } });
    expect(at(ofApp, 'RollbackStarted').data.reason).toBe('slower still');
    expect(at(ofTemplate, 'VersionWithdrawn')).toMatchObject({ occurredAt: now(), data: { reason: 'it is slow' } });
    expect(upgrade.startedAt).toBe(at(ofApp, 'UpgradeStarted').recordedAt);
  });

  it('and history has no cap: all of it can be paged through, to the first event', async () => {
    const { app } = await w().do('createApp', { name: '0' }, 'app { id }');
    const names = Array.from({ length: 230 }, (_, n) => String(n));
    for (const name of names.slice(1)) await w().do('updateApp', { appId: app.id, name });
    const query = `query ($id: ID!, $after: String) { history(filter: { appId: $id }, first: 100, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { type data } } } }`;
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const { history } = await w().ask(query, { id: app.id, after });
      expect(history.totalCount).toBe(names.length);
      seen.push(...nodesOf(history).map(({ data }) => data.name as string));
      if (!history.pageInfo.hasNextPage) break;
      after = history.pageInfo.endCursor as string;
    }
    expect(seen).toEqual(names);
  });
});
