/** What of a request's headers tells where it comes from. */
export interface CallerHeaders {
  host?: string | undefined;
  origin?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * Why a request to a server on loopback must be refused: a page of another site has made it, in the browser of whoever works on this
 * machine. A page can send its requests to any port here; and where its own name resolves to 127.0.0.1 (DNS rebinding), it can read
 * the answers too. Then the Host is the page's.
 *
 * Programs send neither Origin nor Sec-Fetch-Site, so nothing is asked of them but a Host that is this machine's. Pages that are
 * themselves served from here, at any port, are let in.
 *
 * @param alias a further name of this machine that is as good as `localhost`
 * @returns a sentence that says what was expected and what came; undefined where the caller may go on
 */
export function foreignCaller(headers: CallerHeaders, alias?: string): string | undefined {
  const { host, origin } = headers;
  const name = host === undefined ? undefined : nameOf(`http://${host}`);
  if (host !== undefined && !isLoopback(name) && (name === undefined || name !== alias)) {
    return `Expected a Host of this machine (localhost, 127.0.0.1 or [::1]), got ${quoted(host)}`;
  }
  if (origin !== undefined) {
    if (isLoopback(nameOf(origin))) return undefined; // it knows better than Sec-Fetch-Site, to which localhost and 127.0.0.1 are two sites
    return `Expected no Origin, or one of this machine, got ${quoted(origin)}`;
  }
  if (headers['sec-fetch-site'] === 'cross-site') return 'Expected no request from a page of another site, got one';
  return undefined;
}

function nameOf(address: string): string | undefined {
  try {
    return new URL(address).hostname;
  } catch {
    return undefined;
  }
}

/** `URL` has made a name lower case, and an IPv4 address four decimal numbers, however it was written. */
function isLoopback(name: string | undefined): boolean {
  return name !== undefined && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(name);
}

function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}
