import { setTimeout as delay } from 'node:timers/promises';
import { startBuiltServer } from './built-server.js';
import { milliseconds, summarize, type Measured } from './measure.js';
import { composeOf, type Prepared } from './rehearsal-data.js';

const ROUNDS = 5;
const EVERY_MS = 5;
const IDLE_SAMPLES = 300;
/** A page of a list, as a console shows it: some milliseconds from request to answer where nothing else runs. */
const SMALL = { query: '{ apps(first: 10) { edges { node { id name revision } } } }' };
const REHEARSE = `query ($appId: ID!, $templateId: ID!) { rehearsePublish(appId: $appId, templateId: $templateId) { id state processed total cases } }`;
const IMPORT = `mutation ($input: ImportComposeInput!) { importCompose(input: $input) { position } }`;

/** The built server over HTTP, from another process: how long a rehearsal takes, and how long a small query takes meanwhile and without. */
export async function measureLatency(folder: string, { appId, templateId, installed }: Prepared): Promise<Measured[]> {
  const server = await startBuiltServer(folder);
  const ask = async (body: object): Promise<Record<string, Record<string, unknown>>> => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = (await (await fetch(`${server.url}/graphql`, init)).json()) as { data?: Record<string, Record<string, unknown>> };
    if (!answer.data) throw new Error(JSON.stringify(answer));
    return answer.data;
  };
  /** On a busy machine it may not be done within the time that an answer waits: asking again joins it. */
  const rehearse = async (): Promise<void> => {
    const { rehearsePublish } = await ask({ query: REHEARSE, variables: { appId, templateId } });
    const { state, processed } = rehearsePublish ?? {};
    if (state === 'RUNNING') return rehearse();
    if (state !== 'DONE' || processed !== installed.length) throw new Error(JSON.stringify(rehearsePublish));
  };
  const [whole, idle, meanwhile]: [number[], number[], number[]] = [[], [], []];
  const sample = async (into: number[]): Promise<void> => {
    into.push(await milliseconds(() => ask(SMALL)));
    await delay(EVERY_MS);
  };
  try {
    for (let n = 0; n < IDLE_SAMPLES; n++) await sample([]);
    for (let round = 1; round <= ROUNDS; round++) {
      // In another state each time, so that nothing is reused.
      await ask({ query: IMPORT, variables: { input: { appId, files: [{ content: composeOf(round + 1) }] } } });
      for (let n = 0; n < IDLE_SAMPLES; n++) await sample(idle);
      let running = true;
      const rehearsal = milliseconds(rehearse).finally(() => (running = false));
      while (running) await sample(meanwhile);
      whole.push(await rehearsal);
    }
  } finally {
    await server.stop();
  }
  return [
    summarize(`${installed.length.toLocaleString('en')} installs, over HTTP, with small queries meanwhile`, 'ms', whole),
    at('small query, idle', idle, 0.5),
    at('small query, idle', idle, 0.99),
    at('small query while a rehearsal runs', meanwhile, 0.5),
    at('small query while a rehearsal runs', meanwhile, 0.99),
  ];
}

/** A percentile over all samples, as the median of a figure; beside it the fastest and the slowest sample. */
function at(what: string, samples: readonly number[], share: number): Measured {
  const sorted = [...samples].sort((a, b) => a - b);
  const percentile = sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
  const { min, max } = summarize(what, 'ms', samples);
  return { what: `${what}, p${share * 100}`, median: Math.round(percentile * 100) / 100, unit: 'ms', min, max, rounds: samples.length };
}
