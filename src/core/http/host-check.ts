/**
 * The guard against DNS rebinding, which is always on: a page of `evil.example` that made its name point at this machine still sends
 * its own name. Compares names and ports as text; nothing is resolved.
 */
export interface AllowedHosts {
  /** Lower case, with the port as browsers and clients write it: `127.0.0.1:8420`, `mcp.example.com`. */
  readonly hosts: ReadonlySet<string>;
  /** `https://mcp.example.com`. Other origins that may call, such as a console on another port, are named one by one. */
  readonly origins: ReadonlySet<string>;
}

export interface ListenerNames {
  /** The address that is listened on, without brackets. */
  readonly bind: string;
  readonly port: number;
  /** Names that a proxy in front is called by: both a host and an origin. */
  readonly publicUrls: readonly string[];
  /** Further `Host` and `Origin` values that the operator accepts. */
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
}

/** What a listener may be called: its own address, the loopback names, which nobody can rebind, and what the operator named. */
export function allowedHostsOf(names: ListenerNames): AllowedHosts {
  const literal = names.bind.includes(':') ? `[${names.bind}]` : names.bind;
  const local = ['127.0.0.1', 'localhost', '[::1]', literal].map((name) => `http://${name}:${names.port}`);
  // `URL` writes a host the way browsers do: lower case, and without the port where it is the scheme's own.
  const urls = [...local, ...names.publicUrls].map((text) => new URL(text));
  return {
    hosts: new Set([...urls.map((url) => url.host), ...names.hosts]),
    origins: new Set([...urls.map((url) => url.origin), ...names.origins]),
  };
}

/** A request without a `Host` is refused. One without an `Origin` does not come from a page; `null` is an origin like any other. */
export function isAllowedHost(allowed: AllowedHosts, host: string | undefined, origin: string | undefined): boolean {
  if (host === undefined || !allowed.hosts.has(host.toLowerCase())) return false;
  return origin === undefined || allowed.origins.has(origin);
}

/** Addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}
