import type { IncomingHttpHeaders } from 'node:http';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import { OperationTypeNode, type GraphQLFormattedError, type OperationDefinitionNode } from 'graphql';
import type { Logger } from '../logger.js';
import type { Metrics } from './metrics.js';
import { OperationLabels, titleOf } from './operation-label.js';
import { parseTraceparent, tracer } from './tracing.js';

/** How an operation came. */
export type Transport = 'http' | 'sse' | 'websocket';

export interface ObserverOptions {
  readonly logger: Logger;
  readonly metrics?: Metrics | undefined;
  /** Makes ids of requests that came without one. */
  readonly newId: () => string;
}

const REQUEST_ID = /^[\w.:=+/@-]{1,100}$/;
const MAX_CORRELATION_ID = 100;
const FAULT = 'INTERNAL_SERVER_ERROR';

/** Tells operators of every operation: one line in the log, a count and a duration, a span. Of what was asked it tells the name alone: no variables, no document, no header. */
export class Observer {
  readonly labels = new OperationLabels();

  constructor(readonly options: ObserverOptions) {}

  /** @param requestId one for each operation where several came with the same headers. */
  begin(transport: Transport, headers: IncomingHttpHeaders, requestId = this.#requestIdOf(headers)): Observation {
    return new Observation(this, transport, headers, requestId);
  }

  newId(): string {
    return this.options.newId();
  }

  #requestIdOf({ 'x-request-id': given }: IncomingHttpHeaders): string {
    return typeof given === 'string' && REQUEST_ID.test(given) ? given : this.newId();
  }
}

/** One operation, from when it came to when it was answered. */
export class Observation {
  /** In the course of what it was asked: what its client said, or the id of the request. Events that come of it have it, too. */
  readonly correlationId: string;
  readonly #since = performance.now();
  readonly #parent: Context;
  readonly #span: Span;
  readonly #codes = new Set<string>();
  #operation: OperationDefinitionNode | undefined;
  #download: string | undefined;
  #actor: string | undefined;
  #ended = false;

  constructor(
    private readonly observer: Observer,
    private readonly transport: Transport,
    private readonly headers: IncomingHttpHeaders,
    readonly requestId: string,
  ) {
    const given = headers['x-correlation-id'];
    this.correlationId = typeof given === 'string' && given.length <= MAX_CORRELATION_ID ? given : requestId;
    this.#parent = propagation.extract(ROOT_CONTEXT, headers);
    this.#span = tracer.startSpan('operation', { kind: SpanKind.SERVER }, this.#parent);
  }

  /** Does what belongs to it: spans that are made there are beneath its own. */
  run<T>(work: () => T): T {
    return context.with(trace.setSpan(this.#parent, this.#span), work);
  }

  askedBy(actor: string): void {
    this.#actor = actor;
  }

  /** @param operation one that is valid, to be run now. */
  resolved(operation: OperationDefinitionNode): void {
    this.#operation = operation;
    if (this.isSubscription) this.observer.options.metrics?.subscriptions.inc({ transport: this.transport });
  }

  /** It is no operation, but a file. @param path one of those that the server has: it is a label of metrics. */
  downloads(path: string): void {
    this.#download = path;
  }

  get isSubscription(): boolean {
    return this.#operation?.operation === OperationTypeNode.SUBSCRIPTION;
  }

  /** @param errors as the client sees them. */
  refused(errors: readonly GraphQLFormattedError[] | undefined): void {
    for (const { extensions } of errors ?? []) this.failed(typeof extensions?.['code'] === 'string' ? extensions['code'] : FAULT);
  }

  failed(code: string): void {
    this.#codes.add(code);
  }

  get hasFailed(): boolean {
    return this.#codes.size > 0;
  }

  /** To be called when it is answered; again, it does nothing. @param status of HTTP. */
  end(status?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    const milliseconds = performance.now() - this.#since;
    this.#count(milliseconds / 1_000);
    this.#log(milliseconds, status);
    this.#endSpan(status);
  }

  #count(seconds: number): void {
    const { metrics } = this.observer.options;
    if (!metrics) return;
    const { transport } = this;
    const type = this.#type ?? 'none';
    const operation = this.#operation ? this.observer.labels.of(this.#operation) : (this.#download ?? '{none}');
    const [code = 'OK'] = this.#codes;
    metrics.operations.inc({ transport, type, operation, code });
    if (this.#codes.has(FAULT)) metrics.faults.inc();
    if (this.isSubscription) metrics.subscriptions.dec({ transport });
    else if (this.#download === undefined) metrics.operationSeconds.observe({ type, operation }, seconds);
  }

  #log(milliseconds: number, status: number | undefined): void {
    const { requestId, correlationId, transport } = this;
    const traceId = this.#traceId;
    const details = {
      requestId,
      correlationId,
      transport,
      type: this.#type,
      operation: this.#title,
      ...(this.#codes.size > 0 && { codes: [...this.#codes] }),
      ...(status !== undefined && { status }),
      ms: Math.round(milliseconds * 100) / 100,
      ...(this.#actor !== undefined && { actor: this.#actor }),
      ...(traceId !== undefined && { traceId }),
    };
    this.observer.options.logger.info(details, 'operation');
  }

  get #type(): string | undefined {
    return this.#download === undefined ? this.#operation?.operation : 'download';
  }

  get #title(): string | undefined {
    return this.#operation ? titleOf(this.#operation) : this.#download;
  }

  /** That of its span; where no spans are kept, the one that its client named. */
  get #traceId(): string | undefined {
    const { traceId } = this.#span.spanContext();
    return this.#span.isRecording() ? traceId : parseTraceparent(this.headers['traceparent'])?.traceId;
  }

  #endSpan(status: number | undefined): void {
    const span = this.#span;
    if (span.isRecording()) {
      if (this.#type !== undefined) span.updateName(`${this.#type} ${this.#title}`);
      if (this.#operation) span.setAttributes({ 'graphql.operation.type': this.#type, 'graphql.operation.name': this.#title });
      span.setAttributes({ 'regraft.request_id': this.requestId, 'regraft.correlation_id': this.correlationId });
      if (status !== undefined) span.setAttribute('http.response.status_code', status);
      if (this.hasFailed) span.setAttribute('regraft.codes', [...this.#codes]);
      if (this.#codes.has(FAULT)) span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  }
}
