/** What of an upstream's own words and wishes reaches hosts, beside plain results. Everything is off until the operator turns it on. */
export interface PassRules {
  /** The text about itself that a model may read. */
  readonly instructions: boolean;
  /** Pages of its own that hosts show: `ui://` resources, and what tools say of them. */
  readonly apps: boolean;
  /** Where such pages may connect to and load from. */
  readonly appHosts: readonly string[];
  /** Hosts that `https:` links in results may lead to: `wiki.example.com`, or `*.example.com` for every name below. */
  readonly linkHosts: readonly string[];
  /** Keys of `_meta` in results and definitions: `com.example/key`, or `com.example/*` for every key of the prefix. */
  readonly metaKeys: readonly string[];
}

export const PASS_NOTHING: PassRules = {
  instructions: false,
  apps: false,
  appHosts: [],
  linkHosts: [],
  metaKeys: [],
};

export function isMetaKeyPassed(key: string, { metaKeys }: PassRules): boolean {
  return metaKeys.some((known) => (known.endsWith('/*') ? key.startsWith(known.slice(0, -1)) : key === known));
}
