import type { FastifyInstance } from 'fastify';

/**
 * Takes a body whatever its content type is, even one that is none, which fastify would refuse. What to think of it is up to others:
 * `rawHeaders` have it as it came.
 *
 * @param as a whole, as a buffer; or as the stream that it comes in, however large it is
 */
export function takeAnyContentType(app: FastifyInstance, as: 'buffer' | 'stream'): void {
  app.removeAllContentTypeParsers();
  if (as === 'buffer') app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  else app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  app.addHook('onRequest', async ({ raw }) => {
    raw.headers['content-type'] = 'application/octet-stream';
  });
}
