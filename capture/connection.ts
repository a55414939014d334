import net from 'node:net';
import { RECORDS_PATH } from './wire.ts';

/** What the receiver answered. */
export interface Reply {
  status: number;
  text: string;
}

/**
 * `timeout`: no answer in time. `broken`: the connection ended before the answer, or what answered does not speak the protocol.
 * `unreachable`: nobody listens, so nothing was sent.
 */
export type PostOutcome = Reply | 'timeout' | 'broken' | 'unreachable';

/** POSTs of records to one port on loopback. */
export interface Connection {
  /** @param json one record; @param timeoutMs from here to the last byte of the answer. Never rejects. */
  post(json: string, timeoutMs: number): Promise<PostOutcome>;
  close(): void;
}

/** No answer of the receiver comes near this many characters. */
const MAX_REPLY = 65_536;

/**
 * Connections that are kept alive, each used by one request at a time: as many as there were posts at once, so a function that answers one
 * event at a time has one.
 *
 * HTTP/1.1 over a plain socket, as little of it as the receiver needs: see docs/decisions/plain-socket-client.md.
 */
export function createConnection(port: number): Connection {
  const idle = new Set<net.Socket>();

  function take(): net.Socket | undefined {
    const [socket] = idle;
    if (socket === undefined) return undefined;
    idle.delete(socket);
    return socket.ref();
  }

  function connect(): net.Socket {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1'); // a character a byte, so that content-length can be counted
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => idle.delete(socket));
    return socket;
  }

  function keep(socket: net.Socket): void {
    idle.add(socket.unref()); // a script that uses the client may end
  }

  return {
    post(json, timeoutMs) {
      const request = requestText(json);
      return new Promise((resolve) => {
        let socket: net.Socket;
        const settle = (outcome: PostOutcome, reusable = false) => {
          clearTimeout(timer);
          socket.removeAllListeners('data').off('close', broken);
          if (reusable) keep(socket);
          else socket.destroy();
          resolve(outcome);
        };
        // A connection that was kept alive may have died while the environment was frozen: then the record goes out once more, on a
        // new one. That is safe, because the receiver knows an eventId that it has already taken.
        const broken = () => {
          if (reused) attempt();
          else settle(sent ? 'broken' : 'unreachable');
        };
        let reused: boolean;
        let sent = false;
        const attempt = () => {
          const kept = take();
          reused = kept !== undefined;
          socket = kept ?? connect();
          if (reused) sent = true;
          else socket.once('connect', () => (sent = true));
          socket.write(request); // first of all: while the receiver works, there is time for the rest
          let received = '';
          socket.on('data', (text: string) => {
            received += text;
            const parsed = parseReply(received);
            if (parsed !== undefined) settle(parsed.reply, parsed.keepAlive);
            else if (received.length > MAX_REPLY) settle('broken');
          });
          socket.once('close', broken);
        };
        attempt();
        const timer = setTimeout(() => settle('timeout'), timeoutMs);
      });
    },
    close() {
      for (const socket of idle) socket.destroy();
    },
  };
}

/** Head and body in one text, so that they go out in one write. */
function requestText(json: string): string {
  const head = [
    `POST ${RECORDS_PATH} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(json)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${json}`;
}

/** @returns undefined while the answer is not complete, or where it is none that the receiver gives */
function parseReply(received: string): { reply: Reply; keepAlive: boolean } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const head = received.slice(0, headEnd);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (status === undefined || length === undefined) return undefined;
  const text = received.slice(headEnd + 4);
  if (text.length < Number(length)) return undefined;
  return { reply: { status: Number(status), text }, keepAlive: !/\r\nconnection: *close/i.test(head) };
}
