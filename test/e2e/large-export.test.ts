import { afterEach, describe, expect, it } from 'vitest';
import { BuiltServer } from '../support/built-server.js';
import type { Api } from '../support/server.js';

const VARIABLES = Array.from({ length: 100 }, (_, n) => `      VARIABLE_${n}: some value of the variable number ${n}\n`).join('');
const project = Array.from({ length: 500 }, (_, n) => {
  const needs = n === 0 ? '' : `    depends_on: [s${n - 1}]\n`;
  return `  s${n}:\n    image: example/s${n}:1.0\n${needs}    environment:\n${VARIABLES}`;
});
const FILE = `services:\n${project.join('')}`;

interface Desired {
  readonly digest: string;
  readonly compose: string;
}

async function imported(api: Api, name: string, content: string): Promise<string> {
  const { app } = await api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
  await api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files: [{ content }] }, 'position');
  return app.id as string;
}

async function desired(api: Api, id: string): Promise<Desired> {
  return (await api.ask('query ($id: ID!) { desiredState(appId: $id) { digest compose } }', { id })).desiredState as Desired;
}

describe('an app of 500 components', () => {
  const server = new BuiltServer();
  afterEach(() => server.remove());

  it('is exported in a thread of its own while the server answers others, and imports back to the same', async () => {
    const { api } = await server.start();
    const original = await imported(api, 'large', FILE);
    const { digest } = (await api.ask('query ($id: ID!) { desiredState(appId: $id) { digest } }', { id: original }))
      .desiredState as Desired;

    const exporting = desired(api, original);
    let [exported, answered] = [false, 0];
    void exporting.finally(() => (exported = true));
    while (!exported) {
      await api.ask('{ position }');
      if (!exported) answered += 1;
    }
    expect(answered).toBeGreaterThan(20);

    const { compose } = await exporting;
    expect(compose.length).toBeGreaterThan(2_000_000);
    expect(await desired(api, await imported(api, 'copy', compose))).toEqual({ digest, compose });
  });
});
