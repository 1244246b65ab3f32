/**
 * The guard against DNS rebinding, which is always on: a page of `evil.example` that made its name point at this machine still sends
 * its own name. Compares texts; nothing is resolved.
 */
export interface AllowedHosts {
  /** Names as a `Host` header has them, lower case and without the port. */
  readonly names: ReadonlySet<string>;
  /** Whole: `https://mcp.example.com`, `http://localhost:8421`. */
  readonly origins: ReadonlySet<string>;
}

export interface ListenerNames {
  readonly bind: string;
  readonly port: number;
  readonly publicUrl: string | null;
  /** Names and origins beside its own, as the operator wrote them. */
  readonly hosts?: readonly string[];
  readonly origins?: readonly string[];
}

/**
 * What a listener may be called: the loopback names, which nobody can rebind, its own address, its public URL, and what the operator
 * adds. A port may have been mapped on the way here, so names count with any; an origin is somebody's page, and counts as a whole.
 */
export function allowedHostsOf({ bind, port, publicUrl, hosts = [], origins = [] }: ListenerNames): AllowedHosts {
  const literal = bind.includes(':') ? `[${bind}]` : bind;
  // `URL` writes names and origins the way browsers do: lower case, and without the port where it is the scheme's own.
  const local = ['127.0.0.1', 'localhost', '[::1]', literal].map((name) => `http://${name}:${port}`);
  const urls = [...local, ...(publicUrl === null ? [] : [publicUrl])].map((text) => new URL(text));
  return {
    names: new Set([...urls.map((url) => url.hostname), ...hosts.map((name) => name.toLowerCase())]),
    origins: new Set([...urls.map((url) => url.origin), ...origins]),
  };
}

export type HostFault = 'host-missing' | 'foreign-host' | 'foreign-origin';

/**
 * What is wrong with whom a request names, or `null`. Without an `Origin` it does not come from a page; `null` as a text is an origin
 * like any other. Always asked, with and without credentials. Source: MCP, "Streamable HTTP", "Security".
 */
export function checkHost(allowed: AllowedHosts, host: string | null, origin: string | null): HostFault | null {
  if (host === null) return 'host-missing';
  const name = HOST.exec(host)?.[1];
  if (name === undefined || !allowed.names.has(name.toLowerCase())) return 'foreign-host';
  return origin === null || allowed.origins.has(origin) ? null : 'foreign-origin';
}

const HOST = /^([^:[\]@/\s]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i;

/** Addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}
