import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { ProblemCode, ProblemDocument } from '../../core/admin-api/problem-document.ts';
import type { AdminFault } from '../../gateway/administration.ts';

/** Not imported: that would load far more than this (see `node-http.ts` of the MCP plane). */
const { STATUS_CODES } = process.getBuiltinModule('node:http');

const STATUS_OF: { readonly [Code in ProblemCode]: number } = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'too-many-failures': 429,
  internal: 500,
  unavailable: 503,
};

/** When to come back, where that would help. */
const RETRY_AFTER_SECONDS: { readonly [Code in ProblemCode]?: number } = { 'too-many-failures': 10, unavailable: 1 };

/** Why a request is answered with a problem. Holds nothing of what was sent. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly help: string;
  readonly problems?: ProblemDocument['problems'];
}

type ProblemName =
  | 'httpVersion'
  | 'foreignHost'
  | 'foreignPage'
  | 'repeatedHeader'
  | 'tokenInQuery'
  | 'unauthenticated'
  | 'wrongPlane'
  | 'tooManyFailures'
  | 'noCredentialStore'
  | 'notFound'
  | 'methodNotAllowed'
  | 'mediaType'
  | 'bodyNotExpected'
  | 'formExpected'
  | 'lastEventId'
  | 'tooManyStreams'
  | 'bodyTooLarge'
  | 'notJson'
  | 'internal';

export const PROBLEMS: { readonly [Name in ProblemName]: Problem } = {
  httpVersion: {
    code: 'invalid',
    detail: 'the request is not of HTTP/1.1',
    help: 'Use a client that speaks HTTP/1.1.',
  },
  foreignHost: {
    code: 'forbidden',
    detail: 'the request names another host, or comes from the page of another origin',
    help: 'Use the address that the admin plane listens on, or set adminUrl in the configuration.',
  },
  foreignPage: {
    code: 'forbidden',
    detail: 'a session of the console counts only for what its own pages send',
    help: 'Open the console again. Programs send Authorization: Bearer instead of a cookie.',
  },
  repeatedHeader: {
    code: 'invalid',
    detail: 'a header that may be there once is there twice',
    help: 'Send Host, Origin, Authorization and Content-Type at most once.',
  },
  tokenInQuery: {
    code: 'invalid',
    detail: 'an access token has no place in a URL, which is written to logs on the way',
    help: 'Send Authorization: Bearer instead. If the token was a real one, revoke it.',
  },
  // One answer for no, wrong, expired and revoked credentials: it tells nobody which of these it was.
  unauthenticated: {
    code: 'unauthenticated',
    detail: 'no valid admin credential',
    help: 'Send Authorization: Bearer with a token of the admin plane; see "countersign token create --plane admin".',
  },
  wrongPlane: {
    code: 'forbidden',
    detail: 'a credential of the MCP plane opens nothing here',
    help: 'Ask an operator for a token of the admin plane.',
  },
  tooManyFailures: {
    code: 'too-many-failures',
    detail: 'too many requests without a valid credential came from this address',
    help: 'Requests with a valid credential are answered meanwhile.',
  },
  noCredentialStore: {
    code: 'unavailable',
    detail: 'credentials cannot be checked now',
    help: "Look at /readyz and at the gateway's log.",
  },
  notFound: { code: 'not-found', detail: 'there is nothing here', help: 'See /api/openapi.json for what there is.' },
  methodNotAllowed: {
    code: 'method-not-allowed',
    detail: 'this path has no such method',
    help: 'See the Allow header, and /api/openapi.json.',
  },
  mediaType: {
    code: 'unsupported-media-type',
    detail: 'a body must be application/json in UTF-8, without content encoding',
    help: 'Send Content-Type: application/json.',
  },
  bodyNotExpected: { code: 'invalid', detail: 'only a POST has a body', help: 'Leave the body out.' },
  formExpected: {
    code: 'unsupported-media-type',
    detail: 'this page takes a form of its own and nothing else',
    help: 'Programs use /api; see /api/openapi.json.',
  },
  lastEventId: {
    code: 'invalid',
    detail: 'Last-Event-ID is no id of an event of this stream',
    help: 'Send the id of the last event, or leave it out.',
  },
  tooManyStreams: {
    code: 'unavailable',
    detail: 'too many streams of events are open',
    help: 'Close one. One stream tells of everything.',
  },
  bodyTooLarge: {
    code: 'too-large',
    detail: 'the body is too large',
    help: 'No request of this API needs more than a few kilobytes.',
  },
  notJson: {
    code: 'invalid',
    detail: 'the body is not acceptable JSON',
    help: 'Send one JSON object, without duplicate members.',
  },
  internal: { code: 'internal', detail: 'something unexpected went wrong', help: "The gateway's log says what." },
};

/** Sends a problem as RFC 9457 says. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const document = problemDocument(problem);
  const retryAfter = RETRY_AFTER_SECONDS[problem.code];
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  if (problem.code === 'unauthenticated') void reply.header('www-authenticate', 'Bearer realm="countersign admin"');
  return reply.code(document.status).type('application/problem+json').send(JSON.stringify(document));
}

export function problemDocument({ code, detail, help, problems }: Problem): ProblemDocument {
  const status = STATUS_OF[code];
  return {
    title: STATUS_CODES[status] ?? code,
    status,
    code,
    detail,
    help,
    ...(problems === undefined ? {} : { problems }),
  };
}

export function problemOfFault(fault: AdminFault): Problem {
  return { code: fault.kind, detail: fault.message, help: fault.help };
}

/** Everything that is wrong with one part of a request, with places but without values. */
export function problemOfIssues(part: 'query' | 'body', issues: readonly z.core.$ZodIssue[]): Problem {
  const problems = issues.map((issue) => ({ place: [part, ...issue.path].join('.'), message: issue.message }));
  return {
    code: 'invalid',
    detail: problems.map(({ place, message }) => `${place}: ${message}`).join('; '),
    help: 'See /api/openapi.json for what this operation takes.',
    problems,
  };
}
