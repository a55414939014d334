import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Takes a body of any content type, also of one that is malformed, which fastify would refuse. The server's own code judges the type:
 * `contentTypeOf` says which one was sent.
 *
 * @param as the whole body as a buffer; or the stream that it arrives in, however large the body is
 */
export function takeAnyContentType(app: FastifyInstance, as: 'buffer' | 'stream'): void {
  app.removeAllContentTypeParsers();
  if (as === 'buffer') app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  else app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  app.addHook('onRequest', async ({ raw }) => {
    raw.headers['content-type'] = 'application/octet-stream';
  });
}

/** The content type that the client sent, as it sent it; undefined where there is none. For servers that take any. */
export function contentTypeOf({ raw: { rawHeaders } }: FastifyRequest): string | undefined {
  const at = rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === 'content-type');
  return at < 0 ? undefined : rawHeaders[at + 1];
}

/** A body that `takeAnyContentType` took as a buffer; an empty one where there was none. */
export function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
