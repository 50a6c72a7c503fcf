/** A figure: the median over rounds, and the spread. */
export interface Measured {
  readonly what: string;
  readonly median: number;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

type Case = () => Promise<number> | number;

/**
 * Runs the cases in turns, round by round, so that what the machine does meanwhile falls on all of them alike.
 * @param cases each gives one figure a round.
 */
export async function interleave(rounds: number, unit: string, cases: Readonly<Record<string, Case>>): Promise<Measured[]> {
  const figures = new Map<string, number[]>(Object.keys(cases).map((what) => [what, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [what, run] of Object.entries(cases)) figures.get(what)?.push(await run());
  }
  return [...figures].map(([what, values]) => summarize(what, unit, values));
}

export function summarize(what: string, unit: string, values: readonly number[]): Measured {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number): number => round2(sorted[Math.floor(share * (sorted.length - 1))] ?? NaN);
  return { what, median: at(0.5), unit, min: at(0), max: at(1), rounds: values.length };
}

/** Milliseconds that a piece of work takes. */
export async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds of processor time that a piece of work takes in this process: what others do on the machine meanwhile is not in it. */
export async function cpuMilliseconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
