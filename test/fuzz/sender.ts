import net from 'node:net';
import { type Answer, answersIn, faultOf } from './answers.ts';
import type { Attempt } from './attempt.ts';

/** The most that an answer, or the end of a connection, may take: the receiver itself gives up a request after 15 s. */
const ANSWER_MS = 20_000;

/** A sender with one connection that it keeps, for requests that begin and end as HTTP says, and new ones for all others. */
export interface Sender {
  /** @returns what is wrong with the answers, or undefined */
  send(attempt: Attempt): Promise<string | undefined>;
  /** Ends the connections that hang, and the one that is kept. */
  close(): void;
}

export function createSender(port: number): Sender {
  let kept: net.Socket | undefined;
  const hanging = new Set<net.Socket>();

  async function send({ bytes, answers, valid, ending, pieces }: Attempt): Promise<string | undefined> {
    const socket = answers !== undefined && kept?.writable ? kept : connect(port);
    const coming = answersOf(socket, answers);
    await write(socket, bytes, pieces);
    if (ending === 'hangs') {
      hanging.add(socket);
      return undefined;
    }
    if (ending === 'resets') socket.resetAndDestroy();
    if (ending === 'ends its half') socket.end();
    const got = await coming;
    if (answers === undefined) socket.destroy();
    else kept = socket;
    if (typeof got === 'string') return got;
    const fault = got.map(faultOf).find((one) => one !== undefined);
    if (fault !== undefined) return fault;
    if (answers !== undefined && got.length !== answers) return `Expected ${answers} answers, got ${got.length}`;
    const refused = valid ? got.find(({ status }) => status !== 202) : undefined;
    return refused && `Expected that a valid record is accepted, got ${refused.status} ${refused.body}`;
  }

  return {
    send,
    close() {
      for (const socket of hanging) socket.destroy();
      hanging.clear();
      kept?.destroy();
    },
  };
}

function connect(port: number): net.Socket {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  return socket.setEncoding('latin1').on('error', () => {}); // 'close' follows
}

async function write(socket: net.Socket, bytes: Buffer, pieces: number): Promise<void> {
  const length = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let at = 0; at < bytes.length && socket.writable; at += length) {
    if (at > 0) await new Promise(setImmediate);
    socket.write(bytes.subarray(at, at + length));
  }
}

/** So many answers, or those that come until the connection ends. A text says what is wrong. */
function answersOf(socket: net.Socket, most = Number.POSITIVE_INFINITY): Promise<Answer[] | string> {
  return new Promise((resolve) => {
    const answers: Answer[] = [];
    let rest = '';
    const settle = (result: Answer[] | string) => {
      clearTimeout(timer);
      socket.off('data', take).off('close', end);
      resolve(result);
    };
    const take = (text: string) => {
      try {
        const come = answersIn(rest + text);
        answers.push(...come.answers);
        rest = come.rest;
        if (answers.length >= most) settle(answers);
      } catch (error) {
        settle((error as Error).message);
      }
    };
    const end = () => settle(answers);
    const timer = setTimeout(() => settle(`Expected an answer within ${ANSWER_MS / 1000} s, got none`), ANSWER_MS);
    socket.on('data', take).on('close', end);
  });
}
