import { z } from 'zod';
import { UPSTREAM_NAME } from '../core/catalog/exposed-name.ts';
import { type AllowSection, allowSchema } from './allow-schema.ts';
import { count, duration, httpUrl, plainText, size } from './value-schemas.ts';

/** One entry of `upstreams`, as written and checked by itself. */
export interface UpstreamSection {
  readonly url?: string | undefined;
  readonly command?: string | readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  readonly shared?: boolean | undefined;
  readonly transport?: 'auto' | 'http' | 'sse' | undefined;
  readonly era: 'auto' | 'legacy' | 'modern';
  readonly credentials?: CredentialsSection | undefined;
  readonly digests?: Readonly<Record<string, string>> | undefined;
  readonly egress?: { readonly allow: readonly string[] } | undefined;
  readonly allow: AllowSection;
  readonly timeouts: { readonly connect: number; readonly call: number };
  readonly limits: { readonly concurrentCalls: number; readonly resultSize: number };
}

interface CredentialsSection {
  readonly kind: 'none' | 'header';
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  readonly shared?: true | undefined;
}

/** A name of our own tools, and names that would read as one. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['countersign', 'token', 'mcp']);

export const upstreamName: z.ZodType<string, string> = z
  .string()
  .regex(UPSTREAM_NAME, { error: 'must be 1 to 20 small letters, digits or `-`, and begin with a letter or digit' })
  .refine((name) => !RESERVED_NAMES.has(name), { error: 'is a name that the gateway keeps for itself' });

/** Headers that frame the request or carry the protocol; a credential in one of them would break or fake it. */
const OWN_HEADERS =
  /^(?:host|content-.*|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|accept|accept-.*|mcp-.*|proxy-.*|last-event-id|traceparent|tracestate)$/i;

const credentials = z
  .strictObject({
    kind: z
      .enum(['none', 'header'], { error: ({ input }) => notYetKind(input) })
      .describe('`none`, or `header`: one credential of the gateway, sent in a header'),
    name: z
      .string()
      .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, { error: 'is no name of a header' })
      .refine((name) => !OWN_HEADERS.test(name), { error: 'is a header that the gateway writes itself' })
      .optional()
      .describe('The header, such as authorization or x-api-key'),
    value: z
      .string()
      .regex(/^[!-~]+(?:[ !-~]*[!-~])?$/, { error: 'must be visible ASCII without spaces at its ends' })
      .max(16_384)
      .optional()
      .describe('The whole value of the header, such as "Bearer ${env:WIKI_TOKEN}"'),
    shared: z.literal(true).optional().describe('Says out loud that everybody acts with this one credential'),
  })
  .superRefine((value, context) => {
    const add = (key: string, message: string, help: string): void =>
      context.addIssue({ code: 'custom', path: [key], message, params: { help } });
    for (const key of ['name', 'value', 'shared'] as const) {
      if (value.kind === 'header' && value[key] === undefined) add(key, 'is missing', HELP[key]);
      if (value.kind === 'none' && value[key] !== undefined) add(key, 'has no meaning with `kind: none`', 'remove it');
    }
  });

const HELP = {
  name: 'which header carries the credential',
  value: 'such as "Bearer ${env:WIKI_TOKEN}"',
  shared: 'write `shared: true`: the upstream cannot tell people apart, so the policy alone says what each may do',
} as const;

function notYetKind(input: unknown): string | undefined {
  if (input !== 'oauth' && input !== 'token-exchange') return undefined;
  return 'is not in this version; there are `none` and `header`';
}

/** As `URL` writes it, so that the comparison is one of equal texts. */
const hostName = z
  .string()
  .refine((text) => URL.canParse(`http://${text}`) && new URL(`http://${text}`).host === text, {
    error: 'is no host: a name in small letters, or an address (IPv6 in brackets), without scheme, port and path',
  });

const texts = z.array(z.string().max(4096)).max(100);

export const upstreamSchema: z.ZodType<UpstreamSection, unknown> = z
  .strictObject({
    url: httpUrl.optional().describe('A server over Streamable HTTP, such as https://wiki.example.com/mcp'),
    command: z
      .union([plainText, texts.min(1)])
      .optional()
      .describe(
        'A server over stdio: the program, or a list of the program and its arguments. Never run through a shell',
      ),
    args: texts
      .optional()
      .describe('Arguments of `command`. Others on the machine can see them, so they take no variables'),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'is no name of an environment variable' }),
        z.string().max(32_768),
      )
      .optional()
      .describe(
        "Environment of the process. Of the gateway's own only PATH, HOME, TMPDIR, the language and the time zone are passed on",
      ),
    cwd: plainText.optional().describe('Where the process starts. Without it, the directory of this file'),
    shared: z.boolean().optional().describe('One process for everybody, instead of one for each person'),
    digests: z
      .record(
        z.string().min(1).max(4096),
        z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'is no digest, such as sha256: and 64 hexadecimal digits' }),
      )
      .optional()
      .describe(
        'Files that must be as they are now whenever a process is started, and their SHA-256: the program, its script, a lock file',
      ),
    transport: z
      .enum(['auto', 'http', 'sse'])
      .optional()
      .describe(
        'How `url` is spoken to: Streamable HTTP, or HTTP with SSE, the transport of revision 2024-11-05; `auto`, the default, finds out',
      ),
    era: z
      .enum(['auto', 'legacy', 'modern'])
      .default('auto')
      .describe('Protocol to begin with: `legacy` up to 2025-11-25, `modern` from 2026-07-28'),
    credentials: credentials
      .optional()
      .describe("What the gateway shows the upstream. A host's own token is never passed on"),
    egress: z
      .strictObject({
        allow: z
          .array(hostName)
          .min(1, { error: 'is empty, so the upstream could not be reached' })
          .max(100)
          .describe('Names or addresses, without scheme and port. Nothing else is connected to'),
      })
      .optional()
      .describe('Where connections of this upstream may go'),
    allow: allowSchema
      .prefault({})
      .describe(
        'What this upstream may ask of people and their hosts, and what of its own words reaches them. Nothing, unless it stands here',
      ),
    timeouts: z
      .strictObject({
        connect: duration(100, 60_000).prefault('10s').describe('For the connection'),
        call: duration(1000, 3_600_000).prefault('5m').describe('For a whole call'),
      })
      .prefault({})
      .describe('How long to wait for this upstream'),
    limits: z
      .strictObject({
        concurrentCalls: count(10_000)
          .default(64)
          .describe('Calls at once; a few more wait, and the rest are turned away'),
        resultSize: size(64 * 1024, 256 * 1024 * 1024)
          .prefault('16MiB')
          .describe('The longest answer that is taken'),
      })
      .prefault({})
      .describe('What this upstream may cost'),
  })
  .superRefine((value, context) => {
    const add = (path: string[], message: string, help: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { help } });
    if ((value.url === undefined) === (value.command === undefined)) {
      add(
        [],
        value.url === undefined ? 'has neither `url` nor `command`' : 'has both `url` and `command`',
        'give one of the two',
      );
      return;
    }
    const foreign =
      value.url === undefined
        ? (['credentials', 'egress', 'transport'] as const)
        : (['args', 'env', 'cwd', 'shared', 'digests'] as const);
    for (const key of foreign) {
      if (value[key] !== undefined)
        add([key], `has no meaning with \`${value.url === undefined ? 'command' : 'url'}\``, 'remove it');
    }
    if (value.transport === 'sse' && value.era === 'modern')
      add(['era'], 'is spoken over no event stream of that kind', 'remove it, or remove `transport`');
    if (Array.isArray(value.command) && value.args !== undefined)
      add(['args'], 'stand in `command` already', 'keep one of the two');
  });

export const UPSTREAM_KEYS_NOT_YET: readonly string[] = ['sandbox'];
