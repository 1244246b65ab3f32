/** Long enough for a path and a query; what is longer is no name of anything. */
export const URI_CHARS_MAX = 2048;

/**
 * Whether a resource of this URI can be governed at all. Every other URI matches no pattern of a policy and stays denied.
 *
 * A pattern compares characters, and an upstream acts on what it decodes, so a URI is only taken in the one spelling of RFC 3986,
 * §6.2: the scheme in small letters, nothing escaped that needs no escape, escapes in capitals and not escaped again, and no `.` or
 * `..` as a segment of what it decodes to. Otherwise `%61dmin`, `FILE:` or `public/..%2Fadmin` would get past a rule about `admin`.
 * `*` is not taken, because it means something in a policy.
 */
export function isResourceUri(uri: string): boolean {
  if (uri.length > URI_CHARS_MAX || !URI.test(uri) || NEEDLESS_ESCAPE.test(uri)) return false;
  if (HOST_SCHEMES.test(uri) && !PLAIN_AUTHORITY.test(uri)) return false;
  return !DOT_SEGMENT.test(uri.replaceAll(/%2F|%5C/g, '/'));
}

/** `scheme:` and what RFC 3986 lets follow, one character or one whole escape at a time, without `*`. */
const URI = /^[a-z][a-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()+,;=]|%[0-9A-F]{2})+$/;
/** Of a letter, digit, `-`, `.`, `_` or `~`; of a control character; or of a `%` that begins another escape. */
const NEEDLESS_ESCAPE = /%(?:2D|2E|5F|7E|3[0-9]|[46][1-9A-F]|[57][0-9A]|[01][0-9A-F]|7F|25[0-9A-Fa-f]{2})/;
/** For these, software in wide use takes capitals in a host for small letters, and what is before an `@` for no part of it. */
const HOST_SCHEMES = /^(?:https?|wss?|ftp|file):/;
const PLAIN_AUTHORITY = /^[a-z]+:\/\/[^A-Z@/?#]*(?:[/?#]|$)/;
/** In the path or as a value of the query. */
const DOT_SEGMENT = /[/:?#=&]\.{1,2}(?:[/?#&]|$)/;
