/** The headers of a request that tell where it comes from. */
export interface CallerHeaders {
  host?: string | undefined;
  origin?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * Why a request to a server on loopback must be refused: a page of another site has made it, in a browser on this machine. A page can send
 * requests to any port here. Where the name of its site resolves to 127.0.0.1 (DNS rebinding), it can read the answers too; then the Host is
 * the name of that site.
 *
 * Programs send neither Origin nor Sec-Fetch-Site, so they only need a Host that is this machine's. Pages that are served from this machine,
 * at any port, are let in.
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
