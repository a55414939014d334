import fs from 'node:fs';
import type http from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildS3 } from '../emulator/s3/s3.ts';
import {
  type Exchange,
  type S3Answer,
  type S3Front,
  type S3Refusal,
  type S3Request,
  startS3Front,
} from './s3-front.ts';

/** What becomes of a request. An object: S3 refuses with that. */
export type Behaviour = 'stores' | 'stores, then breaks the connection' | 'breaks the connection' | 'hangs' | S3Refusal;

const BUCKET = 'bucket';

/** The emulator's S3 on a folder that goes away with it, with faults as a test or benchmark wants them. It has one bucket, `bucket`. */
export class FaultyS3 implements AsyncDisposable {
  /** All that came, in order. */
  readonly requests: http.IncomingMessage[] = [];
  readonly #folder = fs.mkdtempSync(path.join(tmpdir(), 's3-'));
  readonly #s3: FastifyInstance = buildS3({ folder: this.#folder, buckets: [BUCKET], log: () => {} });
  readonly #behaviours: Behaviour[] = [];
  readonly #stored = new Set<string>();
  #front!: S3Front;

  private constructor() {}

  static async start(): Promise<FaultyS3> {
    const s3 = new FaultyS3();
    s3.#front = await startS3Front(
      (request) => s3.#answer(request),
      (exchange) => s3.#handle(exchange),
    );
    return s3;
  }

  /** The value of AWS_ENDPOINT_URL_S3. */
  get url(): string {
    return this.#front.url;
  }

  /** The connections that were made so far. */
  get sockets(): ReadonlySet<Socket> {
    return this.#front.sockets;
  }

  /** The content of each object by its path, `/bucket/key`, in the order in which they were stored. */
  get objects(): Map<string, string> {
    return new Map(Array.from(this.#stored, (one) => [one, fs.readFileSync(path.join(this.#folder, one), 'utf8')]));
  }

  /** How the next requests are treated: one behaviour each, and the last one for all that follow. */
  behave(...behaviours: Behaviour[]): void {
    this.#behaviours.splice(0, Number.POSITIVE_INFINITY, ...behaviours);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#front[Symbol.asyncDispose]();
    await this.#s3.close();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  async #handle(exchange: Exchange): Promise<void> {
    if (!(await exchange.read())) return;
    this.requests.push(exchange.request);
    const behaviour = (this.#behaviours.length > 1 ? this.#behaviours.shift() : this.#behaviours[0]) ?? 'stores';
    if (typeof behaviour === 'object') return exchange.refuse(behaviour);
    if (behaviour === 'hangs') return;
    if (behaviour === 'breaks the connection') return exchange.breakConnection();
    const answer = await exchange.pass();
    if (behaviour === 'stores') exchange.answer(answer);
    else exchange.breakConnection();
  }

  async #answer({ method, path: url, headers, body }: S3Request): Promise<S3Answer> {
    const answer = await this.#s3.inject({
      method: method as 'PUT',
      url,
      // Tests may call this machine by the name of another, which the emulator refuses.
      headers: { ...headers, host: 'localhost' },
      payload: body,
    });
    if (method === 'PUT' && answer.statusCode === 200) this.#stored.add(new URL(url, this.url).pathname);
    return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload };
  }
}
