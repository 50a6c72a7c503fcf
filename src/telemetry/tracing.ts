import { context, isSpanContextValid, SpanStatusCode, trace, TraceFlags, type Attributes, type Link, type Span } from '@opentelemetry/api';
import { Refusal } from '../domain/errors.js';
import type { RecordedEvent } from '../store/event-store.js';

/** What OpenTelemetry keeps of one span by default. */
const MAX_LINKS = 128;

/** Makes spans that go nowhere, until `startTracing` (otlp.ts) says where to. */
export const tracer = trace.getTracer('regraft');

/** Does work in a span of its own, beneath the one that is there. What it throws is told by the class of the error: its message may show data. */
export function inSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Does work on events, at once, in a span that is linked to those that the events came of; in none where nothing was traced. */
export function inSpanOf<T>(events: readonly RecordedEvent[], name: string, work: () => T): T {
  const links = linksTo(events);
  if (links.length === 0) return work();
  const attributes = { 'regraft.events': events.length, 'regraft.position': events.at(-1)?.position };
  // A trace of its own: what many came to one batch of is nobody's child.
  return tracer.startActiveSpan(name, { root: true, links, attributes }, (span) => {
    try {
      return work();
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

function linksTo(events: readonly RecordedEvent[]): Link[] {
  const parents = new Set(events.map(({ metadata }) => metadata.traceparent));
  const spans = [...parents].slice(0, MAX_LINKS + 1).flatMap((traceparent) => parseTraceparent(traceparent) ?? []);
  return spans.slice(0, MAX_LINKS).map((span) => ({ context: { ...span, isRemote: true } }));
}

/** What was refused went as it should. */
function fail(span: Span, error: unknown): void {
  if (error instanceof Refusal) {
    span.setAttribute('regraft.refusal', error.code);
    return;
  }
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
}

/** The span that is there, as W3C Trace Context writes it; undefined where none is kept. */
export function activeTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (!span || !isSpanContextValid(span) || (span.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return `00-${span.traceId}-${span.spanId}-01`;
}

const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/;

/** What a text in the form of W3C Trace Context names. */
export function parseTraceparent(
  text: unknown,
): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number } | undefined {
  const [, traceId, spanId, flags = '00'] = (typeof text === 'string' && TRACEPARENT.exec(text)) || [];
  const span = traceId && spanId ? { traceId, spanId, traceFlags: Number.parseInt(flags, 16) } : undefined;
  return span && isSpanContextValid(span) ? span : undefined;
}
