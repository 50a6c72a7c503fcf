import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startTestServer, type TestServer } from '../support/server.js';
import { scrape, type Scraped } from './scrape.js';

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string; readonly description: string };
    }[];
  }[];
}

const read = (file: string): string => readFileSync(new URL(`../../docs/operations/${file}`, import.meta.url), 'utf8');

describe('what is published for operators', () => {
  let server: TestServer;
  let served: Scraped;
  beforeAll(async () => {
    server = await startTestServer({}, {}, { metrics: { host: '127.0.0.1', port: 0 } });
    await server.api.ask('{ position }');
    served = await scrape(server.metricsUrl);
  });
  afterAll(() => server.close());

  /** Metrics that an expression names and nobody serves. */
  const unknownIn = (expr: string): readonly string[] =>
    [...expr.matchAll(/\b(?:regraft|nodejs|process)_[a-z0-9_]+/g)]
      .map(([name]) => name)
      .filter((name) => !served.names.includes(name) && !served.names.includes(name.replace(/_(?:bucket|sum|count)$/, '')));

  const dashboard = JSON.parse(read('grafana-dashboard.json')) as Dashboard;
  const alerts = (parse(read('prometheus-alerts.yaml')) as Alerts).groups.flatMap(({ rules }) => rules);

  it.each(dashboard.panels)('shows what is served: $title', ({ targets }) => {
    expect(targets.length).toBeGreaterThan(0);
    for (const { expr } of targets) {
      expect(expr).toMatch(/(?:regraft|nodejs|process)_/);
      expect(unknownIn(expr)).toEqual([]);
    }
  });

  it('has panels that do not overlap', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });

  it.each(alerts)('alerts by what is served, and says what to do: $alert', ({ expr, labels, annotations }) => {
    expect(expr).toMatch(/\b(?:regraft_|nodejs_|up\{)/);
    expect(unknownIn(expr)).toEqual([]);
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(annotations.summary).toContain('{{ $labels.instance }}');
    expect(annotations.description.length).toBeGreaterThan(40);
  });

  it('lists every metric of Regraft with its type and labels', () => {
    const listed = [...read('metrics.md').matchAll(/^\| `(regraft_\w+)` +\| (\w+) +\| (.*?) *\|/gm)].map(
      ([, name = '', type, labels = '']) => ({
        name,
        type,
        labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
      }),
    );
    const types = [...served.text.matchAll(/^# TYPE (regraft_\w+) (\w+)/gm)].map(([, name, type]) => ({ name, type }));
    expect(listed.map(({ name, type }) => ({ name, type })).sort(byName)).toEqual(types.sort(byName));
    for (const { name, type, labels } of listed) {
      const [sample] = served.all(type === 'histogram' ? `${name}_count` : name);
      if (sample) expect({ name, labels: Object.keys(sample.labels).sort() }).toEqual({ name, labels: labels.sort() });
    }
  });
});

function byName(a: { name?: string | undefined }, b: { name?: string | undefined }): number {
  return (a.name ?? '').localeCompare(b.name ?? '');
}
