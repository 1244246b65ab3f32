import { type Result, err, ok } from '../../../core/result.ts';

/** What the status line and headers of an answer say. Nothing else of them is looked at, and none of them is ever relayed. */
export interface AnswerHead {
  readonly status: number;
  readonly body: 'json' | 'events' | 'other' | 'none';
  /** `Mcp-Session-Id` as it came; `null` where there is none. */
  readonly sessionId: string | null;
  /** `null` where the length is not given beforehand. */
  readonly lengthBytes: number | null;
}

export type RawHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export function parseAnswerHead(status: number, headers: RawHeaders): Result<AnswerHead, string> {
  if (status >= 300 && status < 400) return err(`HTTP ${status}: redirects are not followed`);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return err('the answer is encoded, which was not offered');
  const sessionId = headers['mcp-session-id'];
  return ok({
    status,
    body: bodyOf(headers['content-type']),
    sessionId: sessionId === undefined ? null : String(sessionId),
    lengthBytes: lengthOf(headers),
  });
}

/**
 * Compares the media type alone, whole and without regard to case (RFC 9110, 8.3.1): a type that merely contains
 * `application/json` is another type, and so are two types at once.
 */
function bodyOf(contentType: RawHeaders[string]): AnswerHead['body'] {
  if (contentType === 'application/json') return 'json';
  if (contentType === undefined) return 'none';
  if (typeof contentType !== 'string') return 'other';
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') return 'json';
  return mediaType === 'text/event-stream' ? 'events' : 'other';
}

function lengthOf(headers: RawHeaders): number | null {
  const length = headers['content-length'];
  return typeof length === 'string' && /^[0-9]{1,15}$/.test(length) ? Number(length) : null;
}
