/** Long enough for a path and a query; what is longer is no name of anything. */
export const URI_CHARS_MAX = 2048;

/**
 * Whether a resource of this URI can be governed at all. Every other URI matches no pattern of a policy and stays denied.
 *
 * A pattern compares characters, and an upstream acts on what it decodes, so a URI is only taken in the one spelling of RFC 3986,
 * §6.2: the scheme in small letters, nothing escaped that needs no escape, escapes in capitals, of UTF-8 and not escaped again, and no
 * `.` or `..` as a segment of what it decodes to. Otherwise `%61dmin`, `FILE:` or `public/..%2Fadmin` would get past a rule about
 * `admin`. `*` is not taken, because it means something in a policy.
 */
export function isResourceUri(uri: string): boolean {
  if (uri.length > URI_CHARS_MAX || !URI.test(uri) || NEEDLESS_ESCAPE.test(uri)) return false;
  if (HOST_SCHEMES.test(uri) && !PLAIN_AUTHORITY.test(uri)) return false;
  const decoded = decode(uri);
  return decoded !== null && !DOT_SEGMENT.test(decoded);
}

/** `scheme:` and what RFC 3986 lets follow, one character or one whole escape at a time, without `*`. */
const URI = /^[a-z][a-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()+,;=]|%[0-9A-F]{2})+$/;
/** Of a letter, digit, `-`, `.`, `_` or `~`; of a control character; or of a `%` that begins another escape. */
const NEEDLESS_ESCAPE = /%(?:2D|2E|5F|7E|3[0-9]|[46][1-9A-F]|[57][0-9A]|[01][0-9A-F]|7F|25[0-9A-Fa-f]{2})/;
/** For these, software in wide use takes capitals in a host for small letters, and what is before an `@` for no part of it. */
const HOST_SCHEMES = /^(?:https?|wss?|ftp|file):/;
const PLAIN_AUTHORITY = /^[a-z]+:\/\/[^A-Z@/?#]*(?:[/?#]|$)/;
/**
 * In the path or as a value of the query. `..;a=b` is `..` to servers that know parameters of segments, and so is one with blanks around it
 * to file systems that drop them.
 */
const DOT_SEGMENT = /[/\\:?#=&] *\.{1,2} *(?:[/\\?#&;]|$)/;

/** With full-width dots and slashes as plain ones. `null`: the escapes are of bytes that are no text, as in an overlong slash. */
function decode(uri: string): string | null {
  if (!uri.includes('%')) return uri;
  try {
    return decodeURIComponent(uri).normalize('NFKC');
  } catch {
    return null;
  }
}

/**
 * The plain URIs that an upstream may take this one for: escaped slashes as slashes, no empty segments and no parameters of segments,
 * nothing behind a `#`, no empty query, no slash at the end, and a host without what means nothing. None that is the URI itself.
 */
export function plainReadingsOf(uri: string): readonly string[] {
  const [, scheme = '', host, path = '', query = ''] = PARTS.exec(uri.replaceAll(ESCAPED_SLASH, '/')) ?? [];
  const segments = path.replaceAll(PARAMETERS, '').replaceAll(/\/+/g, '/').replace(/\/$/, '');
  const rest = `${segments}${query === '?' ? '' : query}`;
  const readings = host === undefined ? [`${scheme}${rest}`] : [];
  readings.push(`${scheme}//${HOST_SCHEMES.test(uri) ? withHost(scheme, host, rest) : withoutHost(host, rest)}`);
  return readings.filter((reading) => reading !== uri);
}

function withHost(scheme: string, host = '', rest: string): string {
  const plain = host.replace(PORT, '').replace(/\.$/, '');
  const named = scheme === 'file:' && plain === 'localhost' ? '' : plain;
  return `${named}${rest.startsWith('/') ? '' : '/'}${rest}`;
}

/** To a server with a scheme of its own, the first segment may well be what others call the host. */
function withoutHost(host = '', rest: string): string {
  return host === '' ? rest.replace(/^\//, '') : `${host}${rest}`;
}

const ESCAPED_SLASH = /%2F|%5C/g;
/** Nothing that one part takes can begin the next, so this takes no more time than the text is long. */
const PARTS = /^([a-z0-9+.-]*:)(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?/;
const PARAMETERS = /;[^/]*/g;
/** None, or the one that is meant where none is given. */
const PORT = /:(?:80|443|21)?$/;
