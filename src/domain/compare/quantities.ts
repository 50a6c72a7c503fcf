const MEMORY_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  ki: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  mi: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  gi: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1024 ** 4,
  ti: 1024 ** 4,
};

/** Bytes, with the units of Compose and Kubernetes, decimal ones read as binary (as Compose does); undefined where it is no quantity. */
export function parseMemory(text: string): number | undefined {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-zA-Z]*)\s*$/.exec(text) ?? [];
  const factor = MEMORY_UNITS[unit.toLowerCase()];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** CPUs: `0.5`, `.5`, `500m`; undefined where it is no quantity. */
export function parseCpu(text: string): number | undefined {
  const [, number, milli] = /^\s*(\d+(?:\.\d+)?|\.\d+)(m?)\s*$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) / (milli ? 1000 : 1);
}

export function lessThan(left: number | undefined, right: number | undefined): boolean {
  return left !== undefined && right !== undefined && left < right;
}
