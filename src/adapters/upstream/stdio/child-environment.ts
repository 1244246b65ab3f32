type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs to find other programs, its files and its language. None of them is meant to hold a secret. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ'] as const;

/**
 * The environment of a child: what every program needs, and what the operator configured for this one. An allow-list, because the
 * gateway's own environment holds keys, database URLs and the credentials of other upstreams.
 */
export function childEnvironment(
  own: Environment,
  configured: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...configured };
}
