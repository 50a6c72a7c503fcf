import type { MetricsAddress } from '../telemetry/metrics-server.js';
import type { Variables } from './variables.js';

const PORT = 'REGRAFT_METRICS_PORT';
const HOST = 'REGRAFT_METRICS_HOST';

/** Where metrics are served; undefined where nothing is measured. They bear no token: other machines reach them only where that is said. */
export function readMetrics(variables: Variables): MetricsAddress | undefined {
  const host = variables.text(HOST);
  if (variables.text(PORT) === undefined) {
    if (host !== undefined) variables.problems.push(`${HOST} is set, and ${PORT} is not: metrics are served where both say`);
    return undefined;
  }
  if (host !== undefined && !/^[\w.:%-]+$/.test(host))
    variables.problems.push(`${HOST} is "${host}": an IP address or a host name is expected`);
  return { host: host ?? '127.0.0.1', port: variables.integer(PORT, { fallback: 0, min: 0, max: 65_535 }) };
}
