import { Pool } from 'undici';
import type { Wish } from '../../../core/mcp/notices.ts';
import type { Result } from '../../../core/result.ts';
import type { Soon } from '../../../core/soon.ts';
import type { Upstream, UpstreamCall, UpstreamFault } from '../../../ports/upstream.ts';
import { checkHeaders, checkUrl } from '../http/check-options.ts';
import { createHttpUpstream, type HttpUpstreamOptions } from '../http/create-http-upstream.ts';
import { createHttpLeg } from '../http/http-leg.ts';
import { discoverOver } from '../http/probe-era.ts';
import { createParamsWriter } from '../rpc/write-params.ts';
import { createSseUpstream } from '../sse/create-sse-upstream.ts';
import { toldOf, type UpstreamDeps } from '../upstream-deps.ts';
import { createVerdicts } from '../verdicts.ts';
import { probeTransport, type Transport } from './probe-transport.ts';

/** How long a server may take to say on its event stream where messages go. */
const ENDPOINT_TIMEOUT_MS = 5_000;
const PROBE_CONNECTIONS = 2;

/**
 * An MCP server behind a URL that does not say which of the two transports it speaks. What was found out is asked again after a while,
 * and when a call did not get through: a server that is upgraded still answers on the old way, or no longer does.
 */
export function createAutoUpstream(options: HttpUpstreamOptions, deps: UpstreamDeps): Upstream {
  const { name, limits } = options;
  const choice = createChoice(options, deps);
  const probe = createProbe(options, deps);
  const verdicts = createVerdicts<Transport>(
    { clock: deps.clock, probe: probe.run, onChange: (transport) => choice.change(transport) },
    limits.eraKnownMs,
  );

  function noted<T>(outcome: Result<T, UpstreamFault>): Result<T, UpstreamFault> {
    if (!outcome.ok && !outcome.error.dispatched && SAYS_SOMETHING.has(outcome.error.kind)) verdicts.doubt();
    return outcome;
  }

  async function use<T>(
    current: Soon<Result<Transport, UpstreamFault>>,
    work: (upstream: Upstream) => Promise<Result<T, UpstreamFault>>,
  ): Promise<Result<T, UpstreamFault>> {
    const transport = await current;
    return transport.ok ? noted(await work(choice.of(transport.value))) : transport;
  }

  function call(asked: UpstreamCall): ReturnType<Upstream['call']> {
    const transport = verdicts.current(asked.signal);
    if (transport instanceof Promise || !transport.ok) return use(transport, (upstream) => upstream.call(asked));
    return choice.of(transport.value).call(asked).then(noted);
  }

  return {
    name,
    call,
    listTools: (caller, signal) => use(verdicts.current(signal), (upstream) => upstream.listTools(caller, signal)),
    list: (kind, caller, signal) => use(verdicts.current(signal), (upstream) => upstream.list(kind, caller, signal)),
    loadInstructions: (caller, signal) =>
      use(verdicts.current(signal), (upstream) => upstream.loadInstructions(caller, signal)),
    onNotice: choice.onNotice,
    async attend(caller, wish) {
      choice.wishFor(caller.principal, wish);
      const transport = await verdicts.current(AbortSignal.timeout(limits.handshakeTimeoutMs));
      if (transport.ok) await choice.of(transport.value).attend(caller, wish);
    },
    tellRootsChanged(caller) {
      const transport = verdicts.known();
      if (transport !== null) choice.of(transport).tellRootsChanged(caller);
    },
    status: () => choice.of(verdicts.known() ?? 'http').status(),
    close: async () => void (await Promise.all([probe.close(), choice.close()])),
  };
}

/** Faults by which an upstream can show that it is not spoken to as it wants. */
const SAYS_SOMETHING: ReadonlySet<UpstreamFault['kind']> = new Set(['unreachable', 'invalid-answer', 'timeout']);

/** One of the two, with everything that must be so on the other when it is changed to. */
interface Choice extends Pick<Upstream, 'onNotice'> {
  of(transport: Transport): Upstream;
  change(transport: Transport): void;
  wishFor(principal: string, wish: Wish): void;
  close(): Promise<unknown>;
}

function createChoice(options: HttpUpstreamOptions, deps: UpstreamDeps): Choice {
  const made = new Map<Transport, Upstream>();
  const listeners: Parameters<Upstream['onNotice']>[0][] = [];
  const wishes = new Map<string, Wish>();

  function of(transport: Transport): Upstream {
    const known = made.get(transport);
    if (known !== undefined) return known;
    const upstream = transport === 'http' ? createHttpUpstream(options, deps) : createSseUpstream(options, deps);
    for (const listener of listeners) upstream.onNotice(listener);
    made.set(transport, upstream);
    return upstream;
  }

  return {
    of,
    change(transport) {
      deps.report({ upstream: options.name, problem: `the upstream is spoken to over ${transport} now` });
      const other = transport === 'http' ? 'sse' : 'http';
      void made.get(other)?.close();
      made.delete(other);
      for (const [principal, wish] of wishes) void of(transport).attend({ principal }, wish);
    },
    wishFor(principal, wish) {
      if (wish.lists.length + wish.resourceUris.length === 0) wishes.delete(principal);
      else wishes.set(principal, wish);
    },
    onNotice(listener) {
      listeners.push(listener);
      for (const upstream of made.values()) upstream.onNotice(listener);
    },
    close: () => Promise.all([...made.values()].map((upstream) => upstream.close())),
  };
}

interface Probe {
  readonly run: () => Promise<Result<Transport, UpstreamFault>>;
  readonly close: () => Promise<unknown>;
}

function createProbe(options: HttpUpstreamOptions, deps: UpstreamDeps): Probe {
  const { limits, connect, client } = options;
  const url = checkUrl(options.url);
  const headers = checkHeaders(options.headers);
  const leg = createHttpLeg(
    { url, headers, limits: { ...limits, concurrentMax: PROBE_CONNECTIONS }, connect },
    { onNotice: () => undefined, ...toldOf(options.name, deps) },
  );
  const streams = new Pool(url.origin, { connections: PROBE_CONNECTIONS, pipelining: 1, connect });
  const params = createParamsWriter('modern', client);
  return {
    run: () =>
      probeTransport({
        url,
        headers: Object.entries(headers).flat(),
        streams,
        discover: () => discoverOver(leg, params, limits.handshakeTimeoutMs),
        timeoutMs: ENDPOINT_TIMEOUT_MS,
      }),
    close: () => Promise.all([leg.close(), streams.destroy()]),
  };
}
