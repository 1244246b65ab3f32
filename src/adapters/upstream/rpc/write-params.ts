import type { JsonObject } from '../../../core/json/value.ts';
import type { LogLevel } from '../../../core/mcp/log-level.ts';
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
  /** `ClientCapabilities` as text. A legacy session declared its own when it was opened. */
  readonly declared: string;
  /** From which level on a modern upstream is asked for log messages. */
  readonly logLevel: LogLevel | null;
  /** What continues an earlier request; `null` for the first. */
  readonly round: Round | null;
  /** How long a task of the legacy form is to be kept; `null`: the call is not to become one. */
  readonly taskTtlMs: number | null;
}

/** The members by which a modern upstream knows its earlier answer again. */
export interface Round {
  /** Byte by byte as it came; `null` where none came. */
  readonly requestState: string | null;
  readonly inputResponses: JsonObject;
}

/** Writes `params` for one era. A modern request says on its own what a legacy one agreed on in the handshake. */
export interface ParamsWriter {
  call(params: CallParams): string;
  list(cursor: string | null): string;
  /** `server/discover` */
  discover(): string;
}

export function createParamsWriter(era: Era, client: ClientInfo): ParamsWriter {
  const envelope = era === 'legacy' ? '' : modernEnvelope(client, '{}');
  /** What can be declared is a few switches, so there are only so many of them. */
  const envelopes = new Map<string, string>();
  const envelopeFor = (declared: string): string => {
    const known = envelopes.get(declared);
    if (known !== undefined) return known;
    const written = modernEnvelope(client, declared);
    envelopes.set(declared, written);
    return written;
  };
  return {
    call({ paramsJson, progressToken, traceparent, declared, logLevel, round, taskTtlMs }) {
      let meta = era === 'legacy' || declared === '{}' ? envelope : envelopeFor(declared);
      if (era === 'modern' && logLevel !== null) meta = withMember(meta, `"${PREFIX}/logLevel":"${logLevel}"`);
      if (progressToken !== null) meta = withMember(meta, `"progressToken":${progressToken}`);
      if (traceparent !== null) meta = withMember(meta, `"traceparent":${JSON.stringify(traceparent)}`);
      let members = round === null ? paramsJson : withRound(paramsJson, round);
      if (era === 'legacy' && taskTtlMs !== null) members = `${members.slice(0, -1)},"task":{"ttl":${taskTtlMs}}}`;
      return meta === '' ? members : `{"_meta":{${meta}},${members.slice(1)}`;
    },
    list(cursor) {
      const metaMember = envelope === '' ? '' : `"_meta":{${envelope}}`;
      return `{${cursor === null ? metaMember : withMember(metaMember, `"cursor":${JSON.stringify(cursor)}`)}}`;
    },
    discover: () => `{"_meta":{${modernEnvelope(client, '{}')}}}`,
  };
}

/** As `declareCapabilities` writes them. */
export const ROOTS = '"roots":{}';

/** `declared` is `ClientCapabilities` as text. That the host says when its roots change is passed on, so it is declared with them. */
export function writeInitializeParams(client: ClientInfo, profile = '{}'): string {
  const declared = profile.replace(ROOTS, '"roots":{"listChanged":true}');
  const clientInfo = JSON.stringify(clientInfoOf(client));
  return `{"protocolVersion":"${LEGACY_REVISION}","capabilities":${declared},"clientInfo":${clientInfo}}`;
}

const PREFIX = 'io.modelcontextprotocol';

function modernEnvelope(client: ClientInfo, declared: string): string {
  return [
    `"${PREFIX}/protocolVersion":"${MODERN_REVISION}"`,
    `"${PREFIX}/clientCapabilities":${declared}`,
    `"${PREFIX}/clientInfo":${JSON.stringify(clientInfoOf(client))}`,
  ].join(',');
}

/** `paramsJson` has at least one member. */
function withRound(paramsJson: string, { requestState, inputResponses }: Round): string {
  const state = requestState === null ? '' : `,"requestState":${JSON.stringify(requestState)}`;
  return `${paramsJson.slice(0, -1)},"inputResponses":${JSON.stringify(inputResponses)}${state}}`;
}

const clientInfoOf = ({ name, version }: ClientInfo): ClientInfo => ({ name, version });

const withMember = (members: string, member: string): string => (members === '' ? member : `${members},${member}`);
