import { OTLP_PROTOCOLS, SAMPLERS, type TracingSettings } from '../telemetry/otlp.js';
import type { Variables } from './variables.js';

/** Of traces alone, or of all that OpenTelemetry sends. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const;
const RATIO = 'OTEL_TRACES_SAMPLER_ARG';

/** How traces are sent, by the variables of OpenTelemetry; undefined where no endpoint is named, or they are switched off. */
export function readTracing(variables: Variables): TracingSettings | undefined {
  const named = ENDPOINTS.filter((name) => variables.text(name) !== undefined);
  const isOff = variables.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || variables.text('OTEL_TRACES_EXPORTER') === 'none';
  if (named.length === 0 || isOff) return undefined;
  for (const name of named) {
    const url = URL.parse(variables.text(name) ?? '');
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
      variables.problems.push(`${name} is no address like http://127.0.0.1:4318`);
    }
  }
  variables.oneOf('OTEL_TRACES_EXPORTER', ['otlp', 'none'], 'otlp');
  const [ofTraces, ofAll] = PROTOCOLS;
  return {
    protocol: variables.oneOf(ofTraces, OTLP_PROTOCOLS, variables.oneOf(ofAll, OTLP_PROTOCOLS, 'http/protobuf')),
    sampler: variables.oneOf('OTEL_TRACES_SAMPLER', SAMPLERS, 'parentbased_always_on'),
    ratio: readRatio(variables),
  };
}

function readRatio(variables: Variables): number {
  const text = variables.text(RATIO);
  const ratio = Number(text ?? 1);
  if (ratio >= 0 && ratio <= 1) return ratio;
  variables.problems.push(`${RATIO} is "${text}": a number from 0 to 1 is expected`);
  return 1;
}
