import { RefusedError, UnreachableError } from '../errors.js';

/** Not now: the same again, a little later, may well be answered. */
export class TemporaryError extends Error {
  override readonly name = 'TemporaryError';

  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

interface ApiError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/**
 * What the data of an answer of the API is.
 * @throws RefusedError; TemporaryError; UnreachableError where it is no answer of such an API.
 */
export async function dataOf(response: Response): Promise<object> {
  const text = await response.text();
  const body = jsonOf(text);
  const error = firstError(body);
  if (error) throw asError(error, response);
  if (response.ok && typeof body?.['data'] === 'object' && body['data'] !== null) return body['data'];
  if (response.status === 503 || response.status === 502 || response.status === 504)
    throw new TemporaryError(`it answers ${response.status}`);
  throw new UnreachableError(`${response.url} answers (status ${response.status}), but not as Regraft does: is the address right?`);
}

function asError({ message, extensions: { code, ...details } }: ApiError, response: Response): Error {
  const seconds = Number(details['retryAfterSeconds'] ?? response.headers.get('retry-after') ?? Number.NaN);
  const isTemporary =
    response.status === 503 || response.status === 429 || code === 'APPLIED_NOT_VISIBLE' || 'retryAfterSeconds' in details;
  if (isTemporary) return new TemporaryError(message, Number.isFinite(seconds) ? seconds * 1000 : undefined);
  return new RefusedError(typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR', message, details);
}

function firstError(body: Record<string, unknown> | undefined): ApiError | undefined {
  const errors = body?.['errors'];
  if (!Array.isArray(errors)) return undefined;
  const first: unknown = errors[0];
  if (typeof first !== 'object' || first === null || !('message' in first)) return undefined;
  const extensions = 'extensions' in first && typeof first.extensions === 'object' ? first.extensions : {};
  return { message: String(first.message), extensions: { ...extensions } };
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
