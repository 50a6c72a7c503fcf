import { resolve } from 'node:path';
import type { Variables } from './variables.js';

/** What is served beside the API itself, how, and to pages of which sites. */
export interface Serving {
  /** Sites whose pages may ask (`https://console.example`), beside those of this server. */
  readonly origins: readonly string[];
  /** The manifest of the only documents that run; any document runs without one. */
  readonly trustedDocuments?: string | undefined;
  /** Whether clients may have texts remembered, and send their hashes from then on (automatic persisted queries). */
  readonly automaticDocuments: boolean;
  /** Whether there is the console, at /. */
  readonly console: boolean;
  /** Whether there is GraphiQL, at /graphiql/. */
  readonly graphiql: boolean;
  /** Whether larger answers are compressed for clients that say that they read such. */
  readonly compression: boolean;
}

export const DEFAULT_SERVING: Serving = { origins: [], automaticDocuments: true, console: true, graphiql: true, compression: true };

const TRUSTED = 'REGRAFT_TRUSTED_DOCUMENTS';
const AUTOMATIC = 'REGRAFT_AUTOMATIC_DOCUMENTS';

/** Where documents are trusted, what sends others is off unless that is asked for: automatic documents cannot be, GraphiQL can write none, and the console asks by its own. */
export function readServing(variables: Variables): Serving {
  const trusted = variables.text(TRUSTED);
  const isAny = trusted === undefined;
  const automaticDocuments = variables.flag(AUTOMATIC, isAny);
  if (!isAny && automaticDocuments) {
    variables.problems.push(`${AUTOMATIC} is true, and ${TRUSTED} is set: no document runs then but those that it lists`);
  }
  return {
    origins: readOrigins(variables),
    ...(!isAny && { trustedDocuments: resolve(trusted) }),
    automaticDocuments,
    console: variables.flag('REGRAFT_CONSOLE', isAny),
    graphiql: variables.flag('REGRAFT_GRAPHIQL', isAny),
    compression: variables.flag('REGRAFT_COMPRESSION', DEFAULT_SERVING.compression),
  };
}

/** As browsers write them in the header `Origin`. Not `*`: that would let every page on the web ask a server at the loopback. */
function readOrigins(variables: Variables): readonly string[] {
  const origins = variables.list('REGRAFT_ALLOWED_ORIGINS');
  const wrong = origins.find((origin) => !/^https?:[^*]+$/.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (wrong !== undefined) {
    const expected =
      'origins like https://console.example or http://localhost:5173 are expected, in small letters, without a path, with commas between';
    variables.problems.push(`REGRAFT_ALLOWED_ORIGINS has "${wrong}": ${expected}`);
  }
  return origins;
}
