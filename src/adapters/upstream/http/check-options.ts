/** The URL of an upstream. Throws `TypeError` where it is none: configuration is checked before it comes here. */
export function checkUrl(text: string): URL {
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError('the URL of an upstream must be http or https');
  if (url.username !== '' || url.password !== '')
    throw new TypeError('the URL of an upstream must not hold credentials');
  return url;
}

/** Headers that an operator may add. Throws `TypeError` for one that would break a request or speak for the gateway. */
export function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name) || !VALUE.test(value)) throw new TypeError('a header of an upstream is not well-formed');
    if (OWN.test(name)) throw new TypeError(`the header ${name} is the gateway's own and cannot be set`);
  }
  return headers;
}

/** RFC 9110, 5.6.2 and 5.5, without what is beyond ASCII. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t -~]*$/;
/** What the protocol, HTTP framing and the content of the messages decide. */
const OWN =
  /^(?:mcp-.*|accept|accept-encoding|connection|content-.*|expect|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;
