import type { IncomingHttpHeaders } from 'node:http';

/** What forms and scripts of any page may send to any server, without asking it first. */
const SENT_UNASKED = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];
const OWN_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

export const CROSS_SITE =
  'a page of another site could have sent this: send it with Content-Type: application/json, or with a header Apollo-Require-Preflight';

/** Whether a page of another site can have sent this without its browser asking first: Apollo's rule, for what does not go through it. */
export function couldBeCrossSite(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== '' && !SENT_UNASKED.includes(type)) return false;
  return !OWN_HEADERS.some((name) => headers[name]);
}
