/** What of a request says how its body is framed. */
export interface FramedRequest {
  readonly httpVersion: string;
  readonly headers: { readonly 'transfer-encoding'?: string | undefined };
}

/**
 * Whether everybody on the way sees the same request. Node takes `POST /mcp` without a version, and `HTTP/2.0` in plain text, for requests;
 * and it reads chunks in HTTP/1.0, which has none. Source: RFC 9112 §6.1.
 */
export function isFramedAlike({ httpVersion, headers }: FramedRequest): boolean {
  return httpVersion === '1.1' || (httpVersion === '1.0' && headers['transfer-encoding'] === undefined);
}
