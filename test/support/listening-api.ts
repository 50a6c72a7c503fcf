import { createHash } from 'node:crypto';
import { Api } from './server.js';

/** A client that keeps every answer as it came, headers and all. */
export class ListeningApi extends Api {
  readonly heard: string[] = [];

  override async post(query: string, variables: object = {}): Promise<Response> {
    const response = await super.post(query, variables);
    const text = await response.text();
    this.heard.push(`${JSON.stringify([...response.headers])}\n${text}`);
    return new Response(text, response);
  }
}

/** The ways in which a value may be told: as it is, in other letters, in the texts of ciphers, as a digest that could be guessed from. */
export function tracesOf(value: string): string[] {
  const bytes = Buffer.from(value);
  // Base64 of the value depends on where it begins: the middle of each of the three.
  const within = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(before === 0 ? 0 : 4, -4),
  );
  return [value, value.toUpperCase(), bytes.toString('hex'), ...within, ...digestsOf(value)];
}

function digestsOf(value: string): string[] {
  const plain = createHash('sha256').update(value).digest();
  const canonical = createHash('sha256').update(JSON.stringify(value)).digest();
  return [plain, canonical].flatMap((digest) => [digest.toString('hex'), digest.toString('base64').slice(0, -1)]);
}
