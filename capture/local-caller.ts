/** The headers of a request that tell where it comes from. */
export interface CallerHeaders {
  host?: string | undefined;
  origin?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

/** A Host, and nothing but that: a name or an address, and perhaps a port. */
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;
const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/**
 * Why a request to a server on loopback must be refused: a web page has made it, in a browser on this machine. A page can send requests to any
 * port here. Where the name of its site resolves to 127.0.0.1 (DNS rebinding), it can read the answers too; then the Host is the name of that
 * site.
 *
 * Programs send neither Origin nor Sec-Fetch-Site, so they only need a Host that is this machine's. No page may ask, wherever it comes from. An
 * address that a person has typed (`Sec-Fetch-Site: none`) is no page's request.
 *
 * @param alias a further name of this machine that is as good as `localhost`
 * @returns a sentence that says what was expected, without what came: that may be anything. Undefined where the caller may go on
 */
export function foreignCaller(headers: CallerHeaders, alias?: string): string | undefined {
  const { host, origin, 'sec-fetch-site': site } = headers;
  if (host !== undefined && !isOurs(host, alias)) {
    return `Expected a Host of this machine (${alias ?? 'localhost, 127.0.0.1 or [::1]'}), got another one`;
  }
  if (origin !== undefined) return 'Expected no Origin, got one: no web page may call';
  if (site !== undefined && site !== 'none') return 'Expected no Sec-Fetch-Site, got one: no web page may call';
  return undefined;
}

function isOurs(host: string, alias: string | undefined): boolean {
  const name = HOST.exec(host.toLowerCase())?.[1];
  return name !== undefined && (LOOPBACK.test(name) || name === alias);
}
