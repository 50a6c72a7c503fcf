import { graphql, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Principal } from '../../src/domain/access/principal.js';
import type { BackendOptions, RunningBackend } from '../../src/backend.js';
import { RequestContext } from '../../src/graphql/context.js';
import { buildRegraftSchema } from '../../src/graphql/schema.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import { BEFORE_FIRST, type EventStore, type RecordedEvent } from '../../src/store/event-store.js';
import { openTestBackend } from './backend.js';

/** A store that does what another one does, but for what is given. */
export function wrapStore(store: EventStore, overrides: Partial<EventStore>): EventStore {
  return {
    logId: store.logId,
    dense: store.dense,
    timesNeverGoBack: store.timesNeverGoBack,
    importEvents: (...given) => store.importEvents(...given),
    append: (...given) => store.append(...given),
    readStream: (...given) => store.readStream(...given),
    readFirst: (...given) => store.readFirst(...given),
    readAt: (...given) => store.readAt(...given),
    readAll: (...given) => store.readAll(...given),
    head: () => store.head(),
    follow: (options) => store.follow(options),
    close: () => store.close(),
    ...overrides,
  };
}

/** Appends of a node that go wrong: `before` throws instead of an append, `after` once it is committed. */
export interface Trouble {
  before?: ((stream: string) => Promise<void> | void) | undefined;
  after?: ((stream: string) => Promise<void> | void) | undefined;
}

export const unavailable = (): never => {
  throw new StoreUnavailableError('the test wants it so');
};

export type Answer = Readonly<Record<string, unknown>>;

const schema: Promise<GraphQLSchema> = buildRegraftSchema();

/** One API node over a store that others may use too: its own read models, and the API without the network. */
export class ApiNode {
  readonly trouble: Trouble = {};
  backend!: RunningBackend;

  private constructor(readonly store: EventStore) {}

  static async open(store: EventStore, options: Partial<BackendOptions> = {}): Promise<ApiNode> {
    const node = new ApiNode(store);
    const troubled = wrapStore(store, {
      append: async (stream, expected, events) => {
        await node.trouble.before?.(stream);
        const result = await store.append(stream, expected, events);
        await node.trouble.after?.(stream);
        return result;
      },
      // The store outlives the node.
      close: () => Promise.resolve(),
    });
    node.backend = await openTestBackend({ store: troubled, ...options });
    return node;
  }

  /** A mutation with one input. @throws what the resolver threw. */
  async mutate(name: string, input: object, selection = 'position', actor = 'local'): Promise<Answer> {
    const type = (await schema).getMutationType()?.getFields()[name]?.args[0]?.type;
    const data = await this.ask(`mutation ($input: ${String(type)}) { ${name}(input: $input) { ${selection} } }`, { input }, actor);
    return data[name] as Answer;
  }

  async ask(source: string, variableValues: Record<string, unknown>, actor = 'local'): Promise<Answer> {
    const contextValue = new RequestContext(this.backend, { actor: { id: actor, kind: 'USER' }, correlationId: 'test' });
    const { data, errors } = await graphql({ schema: await schema, source, variableValues, contextValue });
    if (errors?.[0]) throw errors[0].originalError ?? errors[0];
    return data ?? {};
  }

  /** What somebody is answered, errors and all. */
  async askAs(principal: Principal, source: string, variableValues: Record<string, unknown> = {}): Promise<ExecutionResult> {
    const contextValue = new RequestContext(this.backend, { actor: principal.actor, correlationId: 'test' }, principal);
    const answer = await graphql({ schema: await schema, source, variableValues, contextValue });
    contextValue.end();
    return answer;
  }

  close(): Promise<void> {
    return this.backend.close();
  }
}

/** The facts of a log: its events but the contents that they name. */
export async function factsOf(store: EventStore): Promise<RecordedEvent[]> {
  const facts: RecordedEvent[] = [];
  for (let after = BEFORE_FIRST; ;) {
    const page = await store.readAll({ after });
    const last = page.at(-1);
    if (!last) return facts;
    facts.push(...page.filter(({ type }) => type !== 'DefinitionStored'));
    after = last.position;
  }
}
