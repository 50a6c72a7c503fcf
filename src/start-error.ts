import { ConfigError } from './config.js';
import { ManifestError } from './http/manifest.js';
import { ReadModelFolderError } from './projector/errors.js';
import { KeyFileError } from './secrets/private-file.js';
import { StoreUnavailableError } from './store/errors.js';
import { MetricsAddressError } from './telemetry/metrics-server.js';

/** Errors whose message is for the user as it is. */
const EXPLAINED = [ConfigError, StoreUnavailableError, ReadModelFolderError, KeyFileError, ManifestError, MetricsAddressError];

/** What Node says of a failed call to the system; which fields are there depends on the call. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

/**
 * Says why a program cannot start, for its user: which setting is in the way, and what it may be.
 * @returns undefined for what no setting mends: that is a fault, and wants its stack.
 */
export function explainStartError(error: unknown): string | undefined {
  if (EXPLAINED.some((explained) => error instanceof explained)) return (error as Error).message;
  if (!isSystemError(error)) return undefined;
  if (error.syscall === 'mkdir') return explainFolder(error);
  if (error.syscall === 'listen') return explainListening(error);
  if (error.syscall === 'getaddrinfo') return `HOST is ${error.hostname}: no address is known for this name (${error.code})`;
  return undefined;
}

function explainFolder({ code, path }: SystemError): string {
  if (code === 'EEXIST' || code === 'ENOTDIR') return `REGRAFT_DATA_DIR is ${path}: that is a file, or in one; name a folder`;
  return `REGRAFT_DATA_DIR is ${path}: this folder cannot be made (${code}); name one that this user may write to`;
}

function explainListening({ code, address, port }: SystemError): string {
  switch (code) {
    case 'EADDRINUSE':
      return `PORT is ${port}: another program has it at ${address}; name another one, or stop that program`;
    case 'EADDRNOTAVAIL':
      return `HOST is ${address}: this machine does not have that address`;
    case 'EACCES':
      return `PORT is ${port}: this user may not listen there; name one from 1024 up`;
    default:
      return `HOST is ${address}, PORT is ${port}: nobody can listen there (${code})`;
  }
}

function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error && typeof error.syscall === 'string'
  );
}
