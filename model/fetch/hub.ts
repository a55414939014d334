import * as v from 'valibot';
import { FetchError, TransientError } from './fetch-error.ts';

/** The Hugging Face hub, or a mirror of it. */
export interface Hub {
  /** The commit that a revision names at this moment, and the files of that commit. */
  revision(repository: string, revision: string): Promise<Revision>;
  /** Opens a file of a commit, from the byte `from` on where the hub supports ranges. The caller reads the body to its end, or leaves the loop. */
  open(repository: string, commit: string, file: string, from: number): Promise<Content>;
}

export type Revision = { commit: string; files: string[]; license?: string };

/** A file that is being downloaded. */
export interface Content {
  body: AsyncIterable<Uint8Array>;
  /** The byte that the body begins with. */
  start: number;
  /** Bytes of the whole file. */
  size?: number;
  /** The digest of the whole file: SHA-256 for a large file, git's SHA-1 for any other. */
  digest?: { algorithm: 'sha256' | 'git'; hex: string };
}

export interface HubOptions {
  endpoint: URL;
  /** Sent to the endpoint only, never to another origin that it redirects to. */
  token?: string;
  /** Most milliseconds without a byte from the hub: while connecting, before an answer, and within an answer. */
  idleMs: number;
}

const MAX_REDIRECTS = 5;

const RevisionInfo = v.pipe(
  v.looseObject({
    sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
    siblings: v.array(
      v.looseObject({ rfilename: v.pipe(v.string(), v.check(isInside, 'Expected a path inside the repository')) }),
    ),
    tags: v.optional(v.array(v.string()), []),
  }),
  v.transform(({ sha, siblings, tags }) => ({
    commit: sha,
    files: siblings.map(({ rfilename }) => rfilename),
    license: tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length),
  })),
);

/** Whether a path names a file below the folder that it is relative to. */
export function isInside(file: string): boolean {
  return !/[\\\0:]/.test(file) && file.split('/').every((part) => !['', '.', '..'].includes(part));
}

export function createHub({ endpoint, token, idleMs }: HubOptions): Hub {
  const base = endpoint.href.replace(/\/+$/, '');

  /** Follows redirects. The size and the digest of a file are in the hub's own answers, not in that of the cache that the last redirect names. */
  async function get(url: URL, headers: Record<string, string>, watch: Watch) {
    let at = url;
    let digest: Content['digest'];
    let size: number | undefined;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const authorization = token && at.origin === endpoint.origin ? { authorization: `Bearer ${token}` } : {};
      const response = await fetch(at, {
        redirect: 'manual',
        headers: { ...headers, ...authorization, 'accept-encoding': 'identity', 'user-agent': 'inference-capture' },
        signal: watch.signal,
      }).catch((error) => {
        throw watch.signal.aborted ? watch.signal.reason : unreachable(at, error);
      });
      watch.restart();
      digest ??= digestOf(response.headers);
      size ??= bytes(response.headers.get('x-linked-size'));
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) return { response, digest, size };
      await response.body?.cancel();
      at = redirected(at, location);
    }
    throw new FetchError(`Expected at most ${MAX_REDIRECTS} redirects from ${url.href}, got more`);
  }

  return {
    async revision(repository, revision) {
      using watch = watchIdle(idleMs, base);
      const url = new URL(`${base}/api/models/${repository}/revision/${encodeURIComponent(revision)}`);
      const { response } = await get(url, { accept: 'application/json' }, watch);
      if (!response.ok) throw await refusal(response, { base, repository, revision });
      let json: unknown;
      try {
        json = await response.json();
      } catch (error) {
        throw watch.signal.aborted
          ? watch.signal.reason
          : new TransientError(`Expected JSON from ${url.href}: ${(error as Error).message}`);
      }
      const result = v.safeParse(RevisionInfo, json);
      if (result.success) return result.output;
      const [issue] = result.issues;
      throw new FetchError(
        `Expected the description of a model from ${url.href}, got a wrong "${v.getDotPath(issue)}": ${issue.message}. Does HF_ENDPOINT name a hub?`,
      );
    },

    async open(repository, commit, file, from) {
      const watch = watchIdle(idleMs, base);
      try {
        const url = new URL(
          `${base}/${repository}/resolve/${commit}/${file.split('/').map(encodeURIComponent).join('/')}`,
        );
        const { response, digest, size } = await get(url, from > 0 ? { range: `bytes=${from}-` } : {}, watch);
        const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
        if (response.status === 206 && range === null)
          throw new FetchError(`Expected a Content-Range from ${url.href}`);
        if (!response.ok) throw await refusal(response, { base, repository, revision: commit, file });
        return {
          body: watched(response.body ?? [], watch),
          start: response.status === 206 ? Number(range![1]) : 0,
          size: size ?? (range ? Number(range[2]) : bytes(response.headers.get('content-length'))),
          digest,
        };
      } catch (error) {
        watch[Symbol.dispose]();
        throw error;
      }
    },
  };
}

/** Watches that the hub goes on sending. */
interface Watch extends Disposable {
  signal: AbortSignal;
  /** Called when something has come. */
  restart(): void;
}

/** @param from the hub's address, for the error with which the signal aborts when nothing has come for `idleMs` */
function watchIdle(idleMs: number, from: string): Watch {
  const controller = new AbortController();
  const late = () => controller.abort(new TransientError(`Nothing came from ${from} for ${idleMs / 1000} s`));
  const timer = setTimeout(late, idleMs);
  return { signal: controller.signal, restart: () => timer.refresh(), [Symbol.dispose]: () => clearTimeout(timer) };
}

async function* watched(body: AsyncIterable<Uint8Array> | never[], watch: Watch): AsyncGenerator<Uint8Array> {
  using disposed = watch;
  try {
    for await (const chunk of body) {
      disposed.restart();
      yield chunk;
    }
  } catch (error) {
    if (watch.signal.aborted) throw watch.signal.reason;
    throw new TransientError(`The download broke off: ${causeOf(error)}`, { cause: error });
  }
}

/**
 * The digest of a file that an answer names: for a large file its `X-Linked-Etag`, for any other its `ETag`, which counts only beside an
 * `X-Repo-Commit`. The `ETag` of a cache is something else.
 */
function digestOf(headers: Headers): Content['digest'] {
  const etag = headers.get('x-linked-etag') ?? (headers.has('x-repo-commit') ? headers.get('etag') : null);
  const hex = etag?.replace(/^W\//, '').replaceAll('"', '');
  if (hex && /^[0-9a-f]{64}$/.test(hex)) return { algorithm: 'sha256', hex };
  if (hex && /^[0-9a-f]{40}$/.test(hex)) return { algorithm: 'git', hex };
  return undefined;
}

function bytes(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to && (to.protocol === 'https:' || to.protocol === from.protocol)) return to;
  throw new FetchError(
    `Expected a redirect from ${from.href} to an address with ${from.protocol} or https:, got "${location.slice(0, 200)}"`,
  );
}

function unreachable(url: URL, error: unknown): TransientError {
  return new TransientError(`Cannot reach ${url.origin}: ${causeOf(error)}`, { cause: error });
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}

/** What an answer is about. */
interface Subject {
  base: string;
  repository: string;
  revision: string;
  file?: string;
}

/** The error for an answer that is not a success, by the hub's `X-Error-Code` where the answer has one. */
async function refusal(response: Response, { base, repository, revision, file }: Subject): Promise<FetchError> {
  await response.body?.cancel();
  const { status, headers } = response;
  const reason = headers
    .get('x-error-message')
    ?.replace(/\p{Cc}/gu, ' ')
    .slice(0, 300);
  const got = `got ${status}${reason ? ` (${reason})` : ''}`;
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = bytes(headers.get('retry-after'));
    const retryAfterMs = seconds === undefined ? undefined : seconds * 1000;
    return new TransientError(`Expected an answer from ${base}, ${got}`, { retryAfterMs });
  }
  const code = headers.get('x-error-code');
  if (code === 'GatedRepo' || status === 403) {
    return new FetchError(
      `Expected access to ${repository}, ${got}. Accept its terms at ${base}/${repository}, and set HF_TOKEN to a token of the account that has accepted them.`,
    );
  }
  if (code === 'RevisionNotFound') {
    return new FetchError(
      `Expected ${repository} to have a revision "${revision}", ${got}. REVISION takes a branch, a tag or a commit.`,
    );
  }
  if (code === 'EntryNotFound' || (file !== undefined && status === 404)) {
    return new FetchError(`Expected ${repository} to have a file ${file ?? ''} at ${revision}, ${got}`);
  }
  if (code === 'RepoNotFound' || status === 401 || status === 404) {
    return new FetchError(
      `Expected a model ${repository} at ${base}, ${got}. Check the spelling. A private or gated model needs HF_TOKEN.`,
    );
  }
  return new FetchError(`Expected ${file ?? repository} from ${base}, ${got}`);
}
