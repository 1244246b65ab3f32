import { WAITING_ANSWERS_MAX } from '../../ports/answer-room.ts';

/** What one listener takes on before it refuses more. */
export interface McpPlaneLimits {
  readonly connectionsMax: number;
  /** Requests that are being answered. More are shed with 503 before anything is spent on them. */
  readonly requestsMax: number;
  /** Answers that have become event streams; they wait, and so do not count as requests. */
  readonly streamsMax: number;
  /** Bodies that are being read and answers that are not taken yet, of all requests together. */
  readonly heldBytesMax: number;
  /** Large answers that arrive or are not taken yet, of all requests together. More are left with their upstreams. */
  readonly unreadBytesMax: number;
  /** Answers that are left with their upstreams at once. More are given up. */
  readonly unreadWaitsMax: number;
  readonly bodyBytesMax: number;
  /** Of bodies that are read in one turn of the event loop, so that nobody waits for many of them. */
  readonly bodyBytesPerTurnMax: number;
  readonly headerBytesMax: number;
  readonly headersMax: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** How long an answer may make no progress because its reader does not read. */
  readonly stalledReaderTimeoutMs: number;
  /** What a reader must take of its answer on average; the time above comes on top. */
  readonly readBytesPerSecondMin: number;
  readonly streamKeepAliveMs: number;
  /** Written to a stream and not taken yet; progress beyond it is dropped. */
  readonly streamBufferBytesMax: number;
  /** Log messages of one call; the rest is dropped. */
  readonly logMessagesPerCallMax: number;
  /** Streams of one principal that wait for something to be told, beside those of calls. */
  readonly noticeStreamsPerPrincipalMax: number;
  /** Events of calls that are kept for hosts that come back: of all, of one session, and for how long after the answer. */
  readonly callEventsBytesMax: number;
  readonly callEventsPerSessionBytesMax: number;
  readonly callEventsKeptMs: number;
  /** From then on a call of a host that can come back is answered by events, whose ids it comes back with. */
  readonly callOpensAfterMs: number;
  /** Calls that go on although their hosts lost the connection. */
  readonly orphanedCallsMax: number;
  readonly orphanedCallsPerPrincipalMax: number;
  readonly sessionsMax: number;
  readonly sessionsPerPrincipalMax: number;
  readonly sessionIdleMs: number;
  /** How long `close` lets answers finish before it ends them. */
  readonly drainTimeoutMs: number;
}

export const DEFAULT_MCP_PLANE_LIMITS: McpPlaneLimits = {
  connectionsMax: 12_000,
  requestsMax: 1_024,
  streamsMax: 10_000,
  heldBytesMax: 256 * 1024 * 1024,
  unreadBytesMax: 64 * 1024 * 1024,
  unreadWaitsMax: WAITING_ANSWERS_MAX,
  bodyBytesMax: 4 * 1024 * 1024,
  bodyBytesPerTurnMax: 64 * 1024,
  headerBytesMax: 16 * 1024,
  headersMax: 100,
  headersTimeoutMs: 8_000,
  requestTimeoutMs: 12_000,
  keepAliveTimeoutMs: 60_000,
  stalledReaderTimeoutMs: 30_000,
  readBytesPerSecondMin: 32 * 1024,
  streamKeepAliveMs: 15_000,
  streamBufferBytesMax: 256 * 1024,
  logMessagesPerCallMax: 1_000,
  noticeStreamsPerPrincipalMax: 200,
  callEventsBytesMax: 32 * 1024 * 1024,
  callEventsPerSessionBytesMax: 2 * 1024 * 1024,
  callEventsKeptMs: 60_000,
  callOpensAfterMs: 100,
  orphanedCallsMax: 256,
  orphanedCallsPerPrincipalMax: 16,
  sessionsMax: 20_000,
  sessionsPerPrincipalMax: 200,
  sessionIdleMs: 30 * 60_000,
  drainTimeoutMs: 10_000,
};

export interface McpPlaneOptions {
  /** The address to listen on. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The origin that hosts know, `https://mcp.example.com`; `null`: the address that is listened on. */
  readonly publicUrl: string | null;
  /**
   * Names that a `Host` header may carry besides that of `publicUrl`, without ports. A listener on loopback answers to the names of
   * loopback too.
   */
  readonly allowedHosts: readonly string[];
  /** Web origins that may call, `https://inspector.example.com`, besides the listener's own. Programs send none. */
  readonly allowedOrigins: readonly string[];
  /** Issuers that the RFC 9728 metadata names. */
  readonly authorizationServers: readonly string[];
  /** The gateway's own version, for `serverInfo`. */
  readonly version: string;
  readonly limits: McpPlaneLimits;
}
