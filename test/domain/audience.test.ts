import { describe, expect, it } from 'vitest';
import { audienceOf } from '../../src/domain/access/audience.js';

describe('whom an event is shown to', () => {
  it.each(['key-log', 'key-app', 'token-1', 'webhook-1', 'lease-1', 'anything'])('%s is the server’s own', (stream) => {
    expect(audienceOf({ stream, type: 'Any', data: { appId: 'app', templateId: 'template', team: 'team' } })).toEqual({ kind: 'SERVER' });
  });

  it('what happens to an app with a template installed is told by the app, not by the template that it names', () => {
    const event = { stream: 'app-1', type: 'TemplateInstalled', data: { appId: '1', templateId: '2' } };
    expect(audienceOf(event)).toEqual({ kind: 'APP', appId: '1' });
  });

  it('a type of a template that is new is for its team until it is said otherwise', () => {
    expect(audienceOf({ stream: 'template-2', type: 'New', data: { templateId: '2' } })).toEqual({
      kind: 'RELEASE',
      templateId: '2',
      appId: undefined,
    });
  });
});
