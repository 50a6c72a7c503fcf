import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';

/**
 * Reads bodies of JSON, and no others, uncompressed. Bytes that are not UTF-8 are refused: read leniently, they would be stored as something that nobody sent.
 * Keys are data here, whatever their name: they are read as own properties.
 */
export function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('ignore', 'ignore');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const { 'content-encoding': encoding = 'identity' } = request.headers;
    if (encoding !== 'identity') done(Object.assign(new Error('the body is compressed'), { statusCode: 415 }), undefined);
    else if (!isUtf8(body)) done(Object.assign(new Error('the body is not UTF-8'), { statusCode: 400 }), undefined);
    else void parse(request, body.toString('utf8'), done);
  });
}
