import type { ReadableStreamDefaultReader } from 'node:stream/web';

/** Reads a stream of Server-Sent Events as it comes, word by word: what graphql-sse hides is seen here. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = '';
  #comments = '';

  constructor({ status, body }: Response) {
    if (status !== 200 || !body) throw new Error(`no stream of events: HTTP ${status}`);
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** What was said in comments so far. */
  get comments(): string {
    return this.#comments;
  }

  /** The next result; `complete` for that event, `cut` where the stream ends without one. */
  async next(): Promise<unknown> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) {
        const { done, value } = await this.#reader.read();
        if (done) return 'cut';
        this.#text += value;
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const data = /^event: next\ndata: (.*)$/s.exec(block)?.[1];
      if (data !== undefined) return JSON.parse(data) as unknown;
      if (block.startsWith('event: complete')) return 'complete';
      if (!block.startsWith(':')) throw new Error(`no event that the protocol knows: ${block}`);
      this.#comments += block.slice(1);
    }
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}
