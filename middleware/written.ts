/** What is used of the stream that Lambda's runtime gives to a streaming handler. */
export interface ResponseStream {
  write(chunk: unknown, ...rest: unknown[]): boolean;
  end(...args: unknown[]): unknown;
  once(event: 'close', listener: () => void): unknown;
  setContentType?(contentType: string): void;
}

/** What a handler has written so far. */
export interface Written {
  /** The first bytes, at most as many as are kept. A character that the limit cuts in two is left out. */
  bytes(): Uint8Array;
  /** How many bytes were written in all. */
  total(): number;
  /** Of an HTTP response, its status. */
  status(): number | undefined;
  contentType(): string | undefined;
  /** Resolves when the stream has ended, or failed. */
  ended: Promise<void>;
}

/** `HttpResponseStream.from` leaves this with the stream: it gives the status and the headers, as JSON, to the function that writes them. */
interface WithPrelude {
  _onBeforeFirstWrite?: (write: (chunk: unknown) => void) => void;
}

/**
 * Listens to what is written to a stream, which goes on as it is.
 *
 * The stream of Lambda's runtime is a plain object whose methods are its own, and `HttpResponseStream.from` and `pipeline` use that object itself. So the
 * methods of that object are replaced, instead of a stream put in front of it.
 *
 * @param maxBytes how many bytes are kept
 */
export function listenTo(stream: ResponseStream, maxBytes: number): Written {
  const chunks: Buffer[] = [];
  let kept = 0;
  let total = 0;
  let status: number | undefined;
  let contentType: string | undefined;
  let first = true;
  let resolve = () => {};
  const ended = new Promise<void>((settle) => {
    resolve = settle;
  });

  function keep(chunk: unknown, encoding: unknown): void {
    const bytes = bytesOf(chunk, encoding);
    total += bytes.length;
    const room = maxBytes - kept;
    if (room <= 0) return;
    const copy = Buffer.from(bytes.subarray(0, room)); // the writer may use its buffer again
    chunks.push(copy);
    kept += copy.length;
  }

  function readPrelude(): void {
    const { _onBeforeFirstWrite: writePrelude } = stream as WithPrelude;
    if (!first || typeof writePrelude !== 'function') return;
    const parts: unknown[] = [];
    writePrelude((chunk) => parts.push(chunk));
    const prelude = JSON.parse(String(parts[0])) as { statusCode?: number; headers?: Record<string, string> };
    status = prelude.statusCode;
    const header = Object.entries(prelude.headers ?? {}).find(([name]) => name.toLowerCase() === 'content-type');
    contentType = header?.[1];
  }

  /** Whatever goes wrong in listening must not reach the writer. */
  function safely(listen: () => void): void {
    try {
      listen();
    } catch {}
  }

  const { write, end, setContentType } = stream;
  stream.write = (chunk, ...rest) => {
    safely(readPrelude);
    first = false;
    safely(() => keep(chunk, rest[0]));
    return write.call(stream, chunk, ...rest);
  };
  stream.end = (...args) => {
    const [chunk, encoding] = args;
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') safely(() => keep(chunk, encoding));
    try {
      return end.apply(stream, args);
    } finally {
      resolve();
    }
  };
  if (setContentType !== undefined) {
    stream.setContentType = (type) => {
      setContentType.call(stream, type);
      contentType = type;
    };
  }
  safely(() => stream.once('close', resolve)); // not 'error': a listener would hide it from the function

  return {
    bytes: () => wholeCharacters(Buffer.concat(chunks), kept < total),
    total: () => total,
    status: () => status,
    contentType: () => contentType,
    ended,
  };
}

/** The bytes that the runtime sends for a chunk. */
function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk !== 'string') return Buffer.from(JSON.stringify(chunk));
  return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
}

/** Without the beginning of a UTF-8 character whose rest was cut off. */
function wholeCharacters(bytes: Buffer, wasCut: boolean): Buffer {
  if (!wasCut) return bytes;
  let lead = bytes.length - 1;
  while (lead > bytes.length - 4 && (bytes[lead]! & 0xc0) === 0x80) lead -= 1;
  const length = [0xc0, 0xe0, 0xf0].filter((mark) => (bytes[lead] ?? 0) >= mark).length + 1;
  return lead >= 0 && lead + length > bytes.length ? bytes.subarray(0, lead) : bytes;
}
