import { Client as SplitClient, StreamableHTTPClientTransport as SplitTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** A host made with one of the SDKs of the protocol's authors, whichever it is. */
export interface SdkHost {
  listTools(): Promise<readonly string[]>;
  call(
    tool: string,
    args: Record<string, unknown>,
    onprogress?: (progress: SdkProgress) => void,
    patience?: SdkPatience,
  ): Promise<SdkAnswer>;
  /** `null` for a revision without sessions. */
  readonly sessionId: string | null;
  readonly revision: string;
  close(): Promise<void>;
}

export interface SdkProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** After how long a host gives up. */
export interface SdkPatience {
  /** In milliseconds. */
  readonly timeout?: number;
  /** Whether progress makes it wait anew. */
  readonly resetTimeoutOnProgress?: boolean;
  readonly maxTotalTimeout?: number;
  readonly signal?: AbortSignal;
}

export interface SdkAnswer {
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly isError?: boolean;
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

export type ConnectSdk = (url: string, token: string, name?: string) => Promise<SdkHost>;

const NAME = 'a-host';
const infoOf = (name: string): { readonly name: string; readonly version: string } => ({ name, version: '1.0.0' });

export const connectV1: ConnectSdk = async (url, token, name = NAME) => {
  const client = new FirstClient(infoOf(name));
  const transport = new FirstTransport(new URL(url), { requestInit: bearer(token) });
  // The transport of v1 is not typed for exactOptionalPropertyTypes.
  await client.connect(transport as unknown as Parameters<typeof client.connect>[0]);
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (tool, args, onprogress, patience) =>
      (await client.callTool({ name: tool, arguments: args }, undefined, {
        ...(onprogress && { onprogress }),
        ...patience,
      })) as SdkAnswer,
    sessionId: transport.sessionId ?? null,
    revision: transport.protocolVersion ?? '',
    close: () => client.close(),
  };
};

const connectV2 =
  (mode: 'legacy' | 'auto' | { readonly pin: string }): ConnectSdk =>
  async (url, token, name = NAME) => {
    const client = new SplitClient(infoOf(name), { versionNegotiation: { mode } });
    const transport = new SplitTransport(new URL(url), { requestInit: bearer(token) });
    await client.connect(transport);
    return {
      listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (tool, args, onprogress, patience) =>
        (await client.callTool(
          { name: tool, arguments: args },
          { ...(onprogress && { onprogress }), ...patience },
        )) as SdkAnswer,
      sessionId: transport.sessionId ?? null,
      revision: client.getNegotiatedProtocolVersion() ?? '',
      close: () => client.close(),
    };
  };

/** Each way in which the SDKs speak, with the revision that it must end in. */
export const SDKS: readonly (readonly [name: string, connect: ConnectSdk, revision: string])[] = [
  ['the SDK of the legacy revisions', connectV1, '2025-11-25'],
  ['the split SDK, told to be legacy', connectV2('legacy'), '2025-11-25'],
  ['the split SDK, left to find out', connectV2('auto'), '2026-07-28'],
  ['the split SDK, pinned to 2026-07-28', connectV2({ pin: '2026-07-28' }), '2026-07-28'],
];

export function textOf({ content }: SdkAnswer): string {
  return content.map(({ text = '' }) => text).join('\n');
}

function bearer(token: string): { readonly headers: Record<string, string> } {
  return { headers: { Authorization: `Bearer ${token}` } };
}
