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

/**
 * What a listener may be called: the loopback names, which nobody can rebind, its own address, and its public URL. A port may have been
 * mapped on the way here, so names count with any; an origin is somebody's page, and counts as a whole.
 */
export function allowedHostsOf(bind: string, port: number, publicUrl: string | null): AllowedHosts {
  const literal = bind.includes(':') ? `[${bind}]` : bind;
  // `URL` writes names and origins the way browsers do: lower case, and without the port where it is the scheme's own.
  const local = ['127.0.0.1', 'localhost', '[::1]', literal].map((name) => `http://${name}:${port}`);
  const urls = [...local, ...(publicUrl === null ? [] : [publicUrl])].map((text) => new URL(text));
  return { names: new Set(urls.map((url) => url.hostname)), origins: new Set(urls.map((url) => url.origin)) };
}

/** A request without a `Host` is refused. One without an `Origin` does not come from a page; `null` is an origin like any other. */
export function isAllowedHost(allowed: AllowedHosts, host: string | undefined, origin: string | undefined): boolean {
  const name = /^([^:[\]@/\s]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/i.exec(host ?? '')?.[1];
  if (name === undefined || !allowed.names.has(name.toLowerCase())) return false;
  return origin === undefined || allowed.origins.has(origin);
}

/** Addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}
