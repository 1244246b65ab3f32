import type * as Http from 'node:http';

/**
 * What of `node:http` is needed by name. Asked for in this way because to import that module is to load, with everything else that it
 * exports, the runtime's own client for `fetch`, which nothing here uses and which takes more memory than all of this project's code.
 */
const http: typeof Http = process.getBuiltinModule('node:http');

export const METHODS: readonly string[] = http.METHODS;
export const STATUS_CODES: Readonly<Record<string, string | undefined>> = http.STATUS_CODES;
export const ServerResponse: typeof http.ServerResponse = http.ServerResponse;
