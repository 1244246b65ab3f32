import type { Era, LegacyRevision, ModernRevision } from '../../../core/mcp/revisions.ts';
import type { ClientInfo } from '../upstream-deps.ts';

/** What is asked for. An upstream may settle for an older one. */
const LEGACY_REVISION: LegacyRevision = '2025-11-25';
export const MODERN_REVISION: ModernRevision = '2026-07-28';

export interface CallParams {
  /** A JSON object with at least one member, without `_meta`. */
  readonly paramsJson: string;
  readonly progressToken: number | null;
  readonly traceparent: string | null;
}

/** Writes `params` for one era. A modern request says on its own what a legacy one agreed on in the handshake. */
export interface ParamsWriter {
  call(params: CallParams): string;
  list(cursor: string | null): string;
  /** `server/discover` */
  discover(): string;
}

export function createParamsWriter(era: Era, client: ClientInfo): ParamsWriter {
  const envelope = era === 'legacy' ? '' : modernEnvelope(client);
  return {
    call({ paramsJson, progressToken, traceparent }) {
      let meta = envelope;
      if (progressToken !== null) meta = withMember(meta, `"progressToken":${progressToken}`);
      if (traceparent !== null) meta = withMember(meta, `"traceparent":${JSON.stringify(traceparent)}`);
      return meta === '' ? paramsJson : `{"_meta":{${meta}},${paramsJson.slice(1)}`;
    },
    list(cursor) {
      const metaMember = envelope === '' ? '' : `"_meta":{${envelope}}`;
      return `{${cursor === null ? metaMember : withMember(metaMember, `"cursor":${JSON.stringify(cursor)}`)}}`;
    },
    discover: () => `{"_meta":{${modernEnvelope(client)}}}`,
  };
}

export function writeInitializeParams(client: ClientInfo): string {
  return JSON.stringify({ protocolVersion: LEGACY_REVISION, capabilities: {}, clientInfo: clientInfoOf(client) });
}

/** No capability is declared: whatever a host can do, the gateway answers for it on this leg. */
function modernEnvelope(client: ClientInfo): string {
  const prefix = 'io.modelcontextprotocol';
  return [
    `"${prefix}/protocolVersion":"${MODERN_REVISION}"`,
    `"${prefix}/clientCapabilities":{}`,
    `"${prefix}/clientInfo":${JSON.stringify(clientInfoOf(client))}`,
  ].join(',');
}

const clientInfoOf = ({ name, version }: ClientInfo): ClientInfo => ({ name, version });

const withMember = (members: string, member: string): string => (members === '' ? member : `${members},${member}`);
