import { ok } from '../../src/core/result.ts';
import type { StartTarget } from './target.ts';

/** Nothing in between: what the upstream and the load generator do by themselves. Its CPU is the upstream's. */
export const startDirect: StartTarget = async ({ upstreamUrl, upstreamPid }) =>
  ok({ url: upstreamUrl, token: null, pid: upstreamPid });
