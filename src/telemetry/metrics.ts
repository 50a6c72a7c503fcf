import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** How an append went: what the store answered, or why it did not. */
const APPEND_OUTCOMES = ['appended', 'conflict', 'too_large', 'unavailable', 'failed'] as const;
export type AppendOutcome = (typeof APPEND_OUTCOMES)[number];

/** What is measured when it is asked for, rather than when it changes. */
export interface Watched<Label extends string = never> {
  readonly name: `regraft_${string}`;
  readonly help: string;
  readonly labelNames?: readonly Label[];
  /** Sets what is there now. @throws never: what cannot be known is left out. */
  readonly collect: (gauge: Gauge<Label>) => void | Promise<void>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/**
 * What one server counts and measures, in the form of Prometheus; beside it, what prom-client tells of the process (event loop, memory, garbage
 * collection). docs/operations/metrics.md lists all of it. What is not Regraft's to bound, such as names of operations, is no label.
 */
export class Metrics {
  readonly #registry = new Registry();

  readonly operations = new Counter({
    name: 'regraft_operations_total',
    help: 'Operations that were answered, by the code of their first error, or OK. Subscriptions and downloads count when they end.',
    labelNames: ['transport', 'type', 'operation', 'code'],
    registers: [this.#registry],
  });

  readonly operationSeconds = new Histogram({
    name: 'regraft_operation_duration_seconds',
    help: 'Time from when a query or mutation came to when it was answered.',
    labelNames: ['type', 'operation'],
    buckets: SECONDS,
    registers: [this.#registry],
  });

  /** Apart from the count of all, whose series begin with the first fault: Prometheus sees no increase in that. */
  readonly faults = new Counter({
    name: 'regraft_faults_total',
    help: 'Operations that were answered INTERNAL_SERVER_ERROR: faults of the server.',
    registers: [this.#registry],
  });

  readonly subscriptions = new Gauge({
    name: 'regraft_subscriptions_open',
    help: 'Subscriptions that clients have open.',
    labelNames: ['transport'],
    registers: [this.#registry],
  });

  readonly appends = new Counter<'outcome'>({
    name: 'regraft_appends_total',
    help: 'Appends to the log, by how they went: appended, conflict (another came first), too_large, unavailable, failed.',
    labelNames: ['outcome'],
    registers: [this.#registry],
  });

  readonly appendSeconds = new Histogram({
    name: 'regraft_append_duration_seconds',
    help: 'Time that the store took for an append that it made durable.',
    buckets: SECONDS,
    registers: [this.#registry],
  });

  readonly appendEvents = new Histogram({
    name: 'regraft_append_events',
    help: 'Events of one append.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers: [this.#registry],
  });

  readonly retries = new Counter({
    name: 'regraft_command_retries_total',
    help: 'Times that a command was decided again, since another node or command had appended to its stream first.',
    registers: [this.#registry],
  });

  constructor() {
    for (const outcome of APPEND_OUTCOMES) this.appends.inc({ outcome }, 0);
    collectDefaultMetrics({ register: this.#registry });
  }

  /** For what a part of the server knows at any time, such as the length of a queue: to be called once for each name, when the parts are put together. */
  watch<Label extends string = never>({ name, help, labelNames = [], collect }: Watched<Label>): void {
    new Gauge<Label>({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      async collect() {
        this.reset();
        await collect(this);
      },
    });
  }

  /** Of what `text` gives. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
