import { z } from 'zod';
import { formatDuration, parseDuration } from '../core/duration.ts';
import { isLoopback } from '../core/http/host-check.ts';
import type { ListenAddress } from './config.ts';

/** A text without spaces at its ends: in names that are compared exactly, those are always a slip. */
export const plainText: z.ZodType<string, string> = z
  .string()
  .min(1, { error: 'is empty', abort: true })
  .max(2048)
  .regex(/^\S+(?: \S+)*$/, { error: 'has spaces at the start, at the end or in a row' });

/** `30m`, within bounds. Milliseconds come out. */
export function duration(leastMs: number, mostMs: number): z.ZodType<number, string> {
  return z.string().transform((text, context) => {
    const parsed = parseDuration(text);
    if (parsed.ok && parsed.value >= leastMs && parsed.value <= mostMs) return parsed.value;
    const bounds = `must be between ${formatDuration(leastMs)} and ${formatDuration(mostMs)}`;
    context.addIssue({ code: 'custom', message: parsed.ok ? bounds : parsed.error });
    return z.NEVER;
  });
}

/** `16MiB`, within bounds. Bytes come out. */
export function size(leastBytes: number, mostBytes: number): z.ZodType<number, string> {
  return z.string().transform((text, context) => {
    const match = /^([1-9][0-9]{0,8})(KiB|MiB)$/.exec(text);
    const bytes = Number(match?.[1]) * (match?.[2] === 'KiB' ? 1024 : 1024 * 1024);
    if (bytes >= leastBytes && bytes <= mostBytes) return bytes;
    const bounds = `between ${leastBytes / 1024}KiB and ${mostBytes / 1024 / 1024}MiB`;
    context.addIssue({
      code: 'custom',
      message: `must be a whole number of KiB or MiB, such as 512KiB or 16MiB, ${bounds}`,
    });
    return z.NEVER;
  });
}

export function count(most: number): z.ZodType<number, number> {
  return z.int().min(1).max(most);
}

/** `127.0.0.1:8420`, `[::1]:8420`, `localhost:8420`. Names other than localhost are not looked up, so they are refused. */
export const listenAddress: z.ZodType<ListenAddress, string> = z.string().transform((text, context) => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+|localhost)):([0-9]{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host !== undefined && port <= 65_535 && isAddress(host)) return { host, port };
  context.addIssue({
    code: 'custom',
    message: 'must be an IP address and a port, such as 127.0.0.1:8420 or [::1]:8420',
  });
  return z.NEVER;
});

function isAddress(host: string): boolean {
  return host === 'localhost' || URL.canParse(`http://${host.includes(':') ? `[${host}]` : host}`);
}

/** Bearer tokens travel to it, so without TLS it must not leave the machine. */
export const secureUrl: z.ZodType<string, string> = z.string().superRefine((text, context) => {
  const url = parseHttpUrl(text, context);
  if (url !== null && url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const help = 'put a proxy that terminates TLS in front; plain http is for this machine alone';
    context.addIssue({ code: 'custom', message: 'must be https', params: { help } });
  }
});

/** An origin as in `https://mcp.example.com`; what comes out has no slash at the end. */
export const secureOrigin: z.ZodType<string, string> = secureUrl.transform((text, context) => {
  const url = new URL(text);
  if (url.pathname === '/' && url.search === '') return url.origin;
  context.addIssue({
    code: 'custom',
    message: 'must end after the host and port',
    params: { help: `write ${url.origin}` },
  });
  return z.NEVER;
}) as z.ZodType<string, string>;

export const httpUrl: z.ZodType<string, string> = z.string().superRefine((text, context) => {
  parseHttpUrl(text, context);
});

function parseHttpUrl(text: string, context: z.RefinementCtx): URL | null {
  const url = URL.parse(text);
  const add = (message: string, help: string): null => {
    context.addIssue({ code: 'custom', message, params: { help } });
    return null;
  };
  if (url === null || !/^https?:\/\/\S+$/.test(text))
    return add('must be an http or https URL', 'such as https://mcp.example.com');
  if (url.username !== '' || url.password !== '')
    return add('holds a user name or password', 'give credentials under `credentials`');
  if (url.hash !== '') return add('holds a fragment', 'remove the part from `#` on');
  return url;
}
