import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a PUT. */
export type S3Mood = 'healthy' | 'hangs' | 'answers 503' | 'resets';

export interface S3Server extends AsyncDisposable {
  /** What AWS_ENDPOINT_URL_S3 holds. */
  url: string;
  mood: S3Mood;
  /** PUTs that came. */
  puts: number;
}

/** An S3 that takes everything, or nothing. It stores nothing. */
export async function startS3(): Promise<S3Server> {
  const server = http.createServer((request, response) => {
    s3.puts += 1;
    if (s3.mood === 'resets') return request.socket.resetAndDestroy();
    request.resume();
    if (s3.mood === 'hangs') return;
    request.on('end', () => response.writeHead(s3.mood === 'healthy' ? 200 : 503).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const s3: S3Server = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood: 'healthy',
    puts: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return s3;
}
