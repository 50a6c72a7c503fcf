import { gzipSync } from 'node:zlib';

/** Bytes that a hostile client may send, and the status and code that they must be answered with. */
export interface HostileRequest {
  readonly name: string;
  readonly bytes: string | Buffer;
  readonly status: number;
  readonly code: string;
}

const host = 'Host: localhost\r\n';
const json = 'Content-Type: application/json\r\n';

function post(body: string | Buffer, headers = json): Buffer {
  const head = `POST /graphql HTTP/1.1\r\n${host}${headers}Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}
const get = (path: string, headers = '', method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\n${host}${headers}Connection: close\r\n\r\n`;

const BODY = '{"query":"{ position }"}';
const remembered = (hash: string, more = ''): string => `{${more}"extensions":{"persistedQuery":{"version":1,"sha256Hash":${hash}}}}`;
const notUtf8 = Buffer.concat([
  Buffer.from('{"query":"{ apps(search: \\"'),
  Buffer.from([0xc3, 0x28, 0xff]),
  Buffer.from('\\") { totalCount } }"}'),
]);

export const REQUESTS: readonly HostileRequest[] = [
  { name: 'a body that is no JSON', bytes: post('{ nope'), status: 400, code: 'BAD_REQUEST' },
  { name: 'no body', bytes: post(''), status: 400, code: 'BAD_REQUEST' },
  { name: 'a body that is not UTF-8', bytes: post(notUtf8), status: 400, code: 'BAD_REQUEST' },
  { name: 'JSON that nests 100,000 deep', bytes: post('['.repeat(100_000)), status: 400, code: 'BAD_REQUEST' },
  { name: 'a batch', bytes: post(`[${BODY},${BODY}]`), status: 400, code: 'BAD_REQUEST' },
  { name: 'null', bytes: post('null'), status: 400, code: 'BAD_REQUEST' },
  { name: 'a query that is a number', bytes: post('{"query":7}'), status: 400, code: 'BAD_REQUEST' },
  { name: 'variables that are a list', bytes: post('{"query":"{ position }","variables":[]}'), status: 400, code: 'BAD_REQUEST' },
  { name: 'a body of 10 MiB', bytes: post('x'.repeat(10 * 1024 * 1024)), status: 413, code: 'BODY_TOO_LARGE' },
  { name: 'text', bytes: post(BODY, 'Content-Type: text/plain\r\n'), status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  {
    name: 'a form',
    bytes: post('query=x', 'Content-Type: application/x-www-form-urlencoded\r\n'),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  { name: 'XML', bytes: post('<a/>', 'Content-Type: application/xml\r\n'), status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { name: 'no content type', bytes: post(BODY, ''), status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { name: 'a query by GET, from a foreign page', bytes: get('/graphql?query=%7Bposition%7D'), status: 400, code: 'BAD_REQUEST' },
  {
    name: 'a mutation by GET',
    bytes: get('/graphql?query=mutation%7B__typename%7D', 'Apollo-Require-Preflight: 1\r\n'),
    status: 405,
    code: 'BAD_REQUEST',
  },
  { name: 'PUT', bytes: get('/graphql', '', 'PUT'), status: 405, code: 'METHOD_NOT_ALLOWED' },
  { name: 'TRACE', bytes: get('/graphql', '', 'TRACE'), status: 405, code: 'METHOD_NOT_ALLOWED' },
  { name: 'OPTIONS, as a page of another site asks first', bytes: get('/graphql', '', 'OPTIONS'), status: 405, code: 'METHOD_NOT_ALLOWED' },
  { name: 'a method that nobody knows', bytes: get('/graphql', '', 'BREW'), status: 400, code: 'BAD_REQUEST' },
  {
    name: 'a body that would expand to 64 MiB',
    bytes: post(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')), `${json}Content-Encoding: gzip\r\n`),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  { name: 'a wish for an answer that is no JSON', bytes: post(BODY, `${json}Accept: text/html\r\n`), status: 406, code: 'BAD_REQUEST' },
  { name: 'the id of a document, where none is known', bytes: post('{"documentId":"__proto__"}'), status: 400, code: 'BAD_REQUEST' },
  { name: 'a hash that is a key of every object', bytes: post(remembered('"__proto__"')), status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' },
  { name: 'a hash that is a list', bytes: post(remembered('[["__proto__"]]')), status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' },
  {
    name: 'a hash of another text',
    bytes: post(remembered(`"${'0'.repeat(64)}"`, '"query":"{ position }",')),
    status: 200,
    code: 'BAD_REQUEST',
  },
  {
    name: 'a WebSocket for a page of another site',
    bytes: get('/graphql', 'Upgrade: websocket\r\nOrigin: https://elsewhere.example\r\n').replace('close', 'Upgrade'),
    status: 403,
    code: 'FORBIDDEN',
  },
  {
    name: 'a WebSocket for a page of no site',
    bytes: get('/graphql', 'Upgrade: websocket\r\nOrigin: null\r\n').replace('close', 'Upgrade'),
    status: 403,
    code: 'FORBIDDEN',
  },
  { name: 'a path out of the folder of GraphiQL', bytes: get('/graphiql/../../package.json'), status: 404, code: 'NOT_FOUND' },
  { name: 'that one in disguise', bytes: get('/graphiql/..%2f..%2fpackage.json'), status: 404, code: 'NOT_FOUND' },
  { name: 'a null byte in a path of GraphiQL', bytes: get('/graphiql/%00'), status: 404, code: 'NOT_FOUND' },
  { name: 'a path out of every folder', bytes: get('/../../package.json'), status: 404, code: 'NOT_FOUND' },
  { name: 'the same in disguise', bytes: get('/..%2f..%2fpackage.json'), status: 404, code: 'NOT_FOUND' },
  { name: 'a null byte in a path', bytes: get('/%00'), status: 404, code: 'NOT_FOUND' },
  { name: 'a path that is badly written', bytes: get('/%zz'), status: 400, code: 'BAD_REQUEST' },
  { name: 'a header of 20,000 letters', bytes: get('/', `X: ${'a'.repeat(20_000)}\r\n`), status: 431, code: 'HEADERS_TOO_LARGE' },
  { name: 'an address of 20,000 letters', bytes: get(`/${'a'.repeat(20_000)}`), status: 431, code: 'HEADERS_TOO_LARGE' },
  { name: 'a null byte in a header', bytes: get('/', 'X: a\0b\r\n'), status: 400, code: 'BAD_REQUEST' },
  { name: 'a header that goes on in the next line', bytes: get('/', 'X: a\r\n b\r\n'), status: 400, code: 'BAD_REQUEST' },
  { name: 'two hosts', bytes: get('/health/live', host), status: 400, code: 'BAD_REQUEST' },
  { name: 'two lengths', bytes: get('/graphql', 'Content-Length: 5\r\nContent-Length: 6\r\n', 'POST'), status: 400, code: 'BAD_REQUEST' },
  {
    name: 'a length, and chunks',
    bytes: get('/graphql', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 'POST'),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    name: 'a chunk without a size',
    bytes: `${get('/graphql', `${json}Transfer-Encoding: chunked\r\n`, 'POST')}zz\r\n`,
    status: 400,
    code: 'BAD_REQUEST',
  },
  { name: 'no HTTP', bytes: 'EHLO regraft\r\n\r\n', status: 400, code: 'BAD_REQUEST' },
  {
    name: 'a WebSocket at another address',
    bytes: get('/other', 'Upgrade: websocket\r\n').replace('close', 'Upgrade'),
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    name: 'a WebSocket without a key',
    bytes: get('/graphql', 'Upgrade: websocket\r\n').replace('close', 'Upgrade'),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    name: 'a body that never comes',
    bytes: `POST /graphql HTTP/1.1\r\n${host}${json}Content-Length: 50\r\n\r\n{`,
    status: 408,
    code: 'REQUEST_TIMEOUT',
  },
  { name: 'headers that never end', bytes: `GET / HTTP/1.1\r\n${host}X: `, status: 408, code: 'REQUEST_TIMEOUT' },
];
