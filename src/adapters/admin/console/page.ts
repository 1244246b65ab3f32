import type { FastifyReply } from 'fastify';
import type { ConsoleSession } from '../../../gateway/console-sessions.ts';
import { type Html, html } from './html.ts';

/**
 * What a page may do: load our own script, style and data, and send our own forms; nothing of any other site, nothing inline, nothing
 * that makes markup out of a text. COOP and frame-ancestors keep other windows away from the buttons.
 */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  // Not `no-referrer`: under that, browsers send `Origin: null` with a form (Fetch, "append a request Origin header"), and then nothing
  // would tell our own form from that of a stranger. No other site gets a referrer of either.
  'referrer-policy': 'same-origin',
};

/** A whole page. Where there is script, it takes the place of `content`; where there is none, `content` is the console. */
export function sendPage(
  reply: FastifyReply,
  page: { readonly title: string; readonly session: ConsoleSession | null; readonly content: Html },
): FastifyReply {
  const { title, session, content } = page;
  const { markup } = html`<!doctype html>
<html lang="en"${session === null ? null : sessionAttributes(session)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Countersign</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/console.css">
${session === null ? null : html`<script type="module" src="/assets/console.js"></script>`}
</head>
<body><div id="app">${content}</div></body>
</html>
`;
  return reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(markup);
}

/** For the script, which shows only what the roles reach. What is allowed is for the server to say, each time. */
function sessionAttributes({ by, csrfToken }: ConsoleSession): Html {
  return html` data-user="${by.user}" data-roles="${by.roles.join(' ')}" data-csrf="${csrfToken}"`;
}

/** The frame of a page that works without script. */
export function plainFrame(session: ConsoleSession | null, content: Html): Html {
  const signOut = (found: ConsoleSession) => html`<form method="post" action="/sign-out">
<input type="hidden" name="csrf" value="${found.csrfToken}"><span>${found.by.user}</span>
<button class="quiet">Sign out</button></form>`;
  return html`<header class="bar"><a class="brand" href="/">Countersign</a>${session === null ? null : signOut(session)}</header>
<main class="plain">${content}</main>`;
}
