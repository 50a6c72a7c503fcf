import type { ContentLookup } from '../definition/content.js';
import type { Digest } from '../ids.js';

/**
 * A rule that does not know beforehand which contents it will read: it asks for some, is given where they are found, and goes on. So it is pure, and
 * what it does not come to is not read.
 */
export type Asking<Result> = Generator<readonly Digest[], Result, ContentLookup>;
