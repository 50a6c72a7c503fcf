import type { Random } from '../corpus/random.js';
import type { Api, GraphQLAnswer } from './server.js';

type Answer = Readonly<Record<string, { readonly id: string }>> & { readonly position: string };

/** A mutation that was sent. */
export interface Attempt {
  /** Its correlation id, by which its effects are found in the log. */
  readonly mark: string;
  readonly mutation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly named: boolean;
  /** What its answer has an id of. */
  readonly nodes: readonly string[];
  /** The types of its events, in their order. */
  readonly effect: RegExp;
  readonly learn: (answer: Answer) => void;
  /** Once it was acknowledged. */
  answer?: Answer;
}

/** What a writer has made so far and goes on with. */
interface World {
  appId?: string;
  importAppId?: string;
  templateId?: string;
  readonly componentIds: string[];
  /** Published versions, 1.1 and on. */
  versions: number;
  changedSince: boolean;
  installed?: { readonly appId: string; version: number };
}

const COMPONENTS = 6;

/** A client that changes what is its own, one mutation after the other, about half of them with a commandId. */
export class LoadWriter {
  #world: World = newWorld();
  #sent = 0;
  /** The one that was sent last. */
  last: Attempt | undefined;

  constructor(
    private readonly name: string,
    private readonly random: Random,
  ) {}

  /** Sends mutations until the server is gone. @param acknowledged is told of each that was answered. */
  async write(api: Api, isGone: () => boolean, acknowledged: (attempt: Attempt) => void): Promise<void> {
    for (;;) {
      const attempt = this.#next();
      this.last = attempt;
      try {
        await send(api, attempt);
      } catch (error) {
        if (isGone() && !(error instanceof RefusedError)) return;
        throw error;
      }
      acknowledged(attempt);
    }
  }

  /** Begins anew, where it cannot know what came of its last mutation. */
  forget(): void {
    this.#world = newWorld();
  }

  #next(): Attempt {
    const world = this.#world;
    if (!world.appId || world.componentIds.length > COMPONENTS) return this.#createApp();
    if (!world.importAppId) return this.#createAppToImport();
    if (world.componentIds.length < 2) return this.#addComponent(world.appId);
    const choices = [
      () => this.#addComponent(world.appId),
      () => this.#updateComponent(world.appId),
      () => this.#importCompose(world.importAppId, true),
      () => this.#importCompose(world.importAppId, false),
    ];
    if (world.changedSince)
      choices.push(
        () => this.#publish(),
        () => this.#publish(),
      );
    if (world.versions > 0) choices.push(() => this.#install());
    const { installed } = world;
    if (installed && installed.version < world.versions)
      choices.push(
        () => this.#upgrade(installed),
        () => this.#upgrade(installed),
      );
    return this.random.pick(choices)();
  }

  #createApp(): Attempt {
    this.#world = newWorld();
    return this.#attempt(
      'createApp',
      ['app'],
      /^AppCreated$/,
      (mark) => ({ name: mark }),
      ({ app }) => {
        this.#world.appId = idOf(app);
      },
    );
  }

  #createAppToImport(): Attempt {
    return this.#attempt(
      'createApp',
      ['app'],
      /^AppCreated$/,
      (mark) => ({ name: mark }),
      ({ app }) => {
        this.#world.importAppId = idOf(app);
      },
    );
  }

  #addComponent(appId: string | undefined): Attempt {
    const input = (mark: string): object => ({ appId, component: { key: `c-${mark}`, image: 'example/web:1' } });
    return this.#attempt('addComponent', ['app', 'component'], /^ComponentAdded$/, input, ({ component }) => {
      this.#world.componentIds.push(idOf(component));
      this.#world.changedSince = true;
    });
  }

  #updateComponent(appId: string | undefined): Attempt {
    const componentId = this.random.pick(this.#world.componentIds);
    const input = (mark: string): object => ({ appId, componentId, set: { env: [{ name: 'MARK', value: mark }] } });
    return this.#attempt('updateComponent', ['app', 'component'], /^ComponentChanged$/, input, () => {
      this.#world.changedSince = true;
    });
  }

  #importCompose(appId: string | undefined, dryRun: boolean): Attempt {
    const effect = dryRun ? /^$/ : /^(ComponentAdded|ComponentChanged)$/;
    const input = (mark: string): object => ({
      appId,
      dryRun,
      files: [{ content: `services: { web: { image: "example/web:${mark}" } }` }],
    });
    return this.#attempt('importCompose', ['app'], effect, input, () => undefined);
  }

  #publish(): Attempt {
    const { appId, templateId, versions } = this.#world;
    const version = `1.${versions + 1}`;
    const effect = templateId ? /^ReleaseStarted$/ : /^TemplateCreated ReleaseStarted$/;
    const input = (mark: string): object => ({ appId, version, ...(templateId ? { templateId } : { name: mark }) });
    return this.#attempt('publishTemplate', ['template', 'release'], effect, input, ({ template }) => {
      this.#world.templateId = idOf(template);
      this.#world.versions = versions + 1;
      this.#world.changedSince = false;
    });
  }

  #install(): Attempt {
    const { templateId, versions } = this.#world;
    const input = (mark: string): object => ({ templateId, version: `1.${versions}`, appName: mark });
    return this.#attempt('installTemplate', ['app', 'installation'], /^AppCreated TemplateInstalled$/, input, ({ app }) => {
      this.#world.installed = { appId: idOf(app), version: versions };
    });
  }

  #upgrade(installed: NonNullable<World['installed']>): Attempt {
    const { versions } = this.#world;
    const effect = /^UpgradeStarted (ComponentUpgraded )+AppUpgraded$/;
    const input = (): object => ({ appId: installed.appId, toVersion: `1.${versions}` });
    return this.#attempt('upgradeApp', ['app', 'installation', 'upgrade'], effect, input, () => {
      installed.version = versions;
    });
  }

  #attempt(mutation: string, nodes: Attempt['nodes'], effect: RegExp, input: (mark: string) => object, learn: Attempt['learn']): Attempt {
    const mark = `${this.name}-${++this.#sent}`;
    const named = this.random.chance(0.5);
    return { mark, mutation, named, nodes, effect, learn, input: { ...input(mark), ...(named && { commandId: `command-${mark}` }) } };
  }
}

/** An error that a server answered with: one that is killed answers nothing. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Sends a mutation, and keeps the answer of the first time that there is one. */
export async function send(api: Api, attempt: Attempt): Promise<Answer> {
  const { mutation, mark, input, nodes } = attempt;
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const selection = nodes.map((node) => `${node} { id }`).join(' ');
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} position } }`;
  const { data, errors }: GraphQLAnswer<Record<string, Answer>> = await api.with({ 'x-correlation-id': mark }).send(query, { input });
  const answer = data?.[mutation];
  if (!answer) throw new RefusedError(`${mutation} ${JSON.stringify(input)} was refused: ${JSON.stringify(errors)}`);
  if (!attempt.answer) {
    attempt.answer = answer;
    attempt.learn(answer);
  }
  return answer;
}

function newWorld(): World {
  return { componentIds: [], versions: 0, changedSince: false };
}

function idOf(node: { readonly id: string } | undefined): string {
  if (!node) throw new Error('the answer has no such node');
  return node.id;
}
