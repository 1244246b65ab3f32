import type { JsonObject } from '../json/value.ts';

/** A JSON-RPC error on its way to a host, with the HTTP status that the protocol wants for it. Repeats nothing that was sent. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: JsonObject | null;
  readonly httpStatus: number;
}

/** JSON-RPC 2.0 §5.1. */
export const RPC_ERRORS = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
} as const;

/** Codes that revision 2026-07-28 defines. The rest of −32023 … −32099 is kept for the specification: nothing may be invented there. */
export const MCP_ERRORS = {
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/** The gateway's own codes: outside −32768 … −32000, which belongs to JSON-RPC and MCP. */
export const GATEWAY_ERRORS = {
  /** The audit log or another store cannot be written, so nothing may run. */
  storeUnavailable: -31001,
  /** An operator has stopped this. */
  killSwitch: -31002,
  /** More is under way than the gateway takes on. */
  overloaded: -31003,
  /** No credential, or one that is not accepted. */
  unauthenticated: -31004,
  /** The `Host` or `Origin` is not one that this listener answers to. */
  forbidden: -31005,
  /** The session is unknown, over, or somebody else's. */
  sessionUnknown: -31006,
  /** A resource, prompt or completion that may be had, but not now; `data` says why, as the result of a tool would. */
  notGiven: -31007,
} as const;

export function rpcError(code: number, message: string, httpStatus: number, data: JsonObject | null = null): RpcError {
  return { code, message, data, httpStatus };
}

/** In band: HTTP 200, as for every answer that the method itself gives. */
export function invalidParams(message: string): RpcError {
  return rpcError(RPC_ERRORS.invalidParams, message, 200);
}

/** The request as a whole is malformed. */
export function invalidRequest(message: string): RpcError {
  return rpcError(RPC_ERRORS.invalidRequest, message, 400);
}

/** A revision that 2026-07-28 calls modern says 404; the ones before answer in band. */
export function methodNotFound(era: 'legacy' | 'modern'): RpcError {
  return rpcError(RPC_ERRORS.methodNotFound, 'Method not found', era === 'modern' ? 404 : 200);
}
