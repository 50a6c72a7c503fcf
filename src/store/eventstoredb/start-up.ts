import { StoreUnavailableError } from '../errors.js';
import type { ConnectionString } from './connection-string.js';
import { kindOf } from './errors.js';

export interface Diagnosis {
  readonly refusal: StoreUnavailableError;
  /** Whether to wait for it to pass: a server that is not there yet. */
  readonly passing: boolean;
}

/** gRPC's code for credentials that are not known; any other refusal is of a known user who lacks the right. */
const UNAUTHENTICATED = 16;
const TLS_TROUBLE = /ssl|tls|certificate|self.signed|altname/i;

/** What is wrong at the start, in words for whoever runs Regraft: where, and what to look at. Never with credentials. */
export function diagnose(error: unknown, { address, tls }: ConnectionString): Diagnosis {
  const cause = error instanceof StoreUnavailableError && error.cause !== undefined ? error.cause : error;
  const say = (text: string, passing: boolean): Diagnosis => ({ refusal: new StoreUnavailableError(text, { cause }), passing });
  if (kindOf(cause) === 'access-denied') {
    return cause instanceof Error && 'code' in cause && cause.code === UNAUTHENTICATED
      ? say(`EventStoreDB at ${address} refuses the user or the password in EVENTSTORE_URL`, false)
      : say(
          `EventStoreDB at ${address} does not let the user in EVENTSTORE_URL read $all, which Regraft needs: see docs/eventstoredb.md`,
          false,
        );
  }
  const details = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ');
  if (tls && TLS_TROUBLE.test(details)) {
    const advice = 'name its certificate authority by tlsCAFile=, or say tls=false where it runs insecurely';
    return say(`no TLS connection to EventStoreDB at ${address} (${details}): ${advice}`, false);
  }
  // What is not the connection's is told as it was found.
  if (error instanceof StoreUnavailableError && error.cause === undefined)
    return { refusal: error, passing: error.message.includes('in time') };
  const hint = tls
    ? 'is it running, and is the port right?'
    : 'is it running, is the port right, and does it run without TLS, as tls=false says?';
  return say(`EventStoreDB at ${address} cannot be reached: ${hint}`, true);
}
