import { pino, type DestinationStream } from 'pino';

/** What the project needs of a logger; pino's has it. */
export interface Logger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const silentLogger: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Deeper, causes are left out. */
const MAX_CAUSES = 5;

/**
 * Writes lines of JSON, to standard error by default, each at once, so that none is lost when the process ends. Of errors it writes what every error
 * has, and nothing that a library hangs on them; of requests and answers no address and no header, where secrets may be.
 */
export function createLogger(level: string, destination: DestinationStream = pino.destination(2)): pino.Logger {
  return pino(
    {
      level,
      serializers: {
        err: (error: unknown) => describe(error, MAX_CAUSES),
        req: ({ method }: { readonly method?: unknown }) => ({ method }),
        res: ({ statusCode }: { readonly statusCode?: unknown }) => ({ statusCode }),
      },
    },
    destination,
  );
}

function describe(error: unknown, depth: number): object {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : undefined;
  return {
    type: name,
    message,
    stack,
    ...(code !== undefined && { code }),
    ...(cause !== undefined && depth > 0 && { cause: describe(cause, depth - 1) }),
  };
}
