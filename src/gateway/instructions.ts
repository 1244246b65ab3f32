import { composeInstructions, readInstructions } from '../core/catalog/instructions.ts';
import { redactKnownSecrets } from '../core/content/redact-arguments.ts';
import { grantsSome } from '../core/policy/claims.ts';
import type { Clock } from '../ports/clock.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { CallDeps } from './deps.ts';
import type { RequestContext } from './gateway.ts';
import type { Pins } from './pins.ts';
import { upstreamsOf } from './upstreams-of.ts';

/** What an upstream says about itself to this person; `null` where it says nothing, cannot be asked in time, or is in quarantine. */
export type LoadInstructions = (upstream: Upstream, principal: string) => Promise<string | null>;

export interface InstructionsDeps {
  readonly clock: Clock;
  readonly pins: Pick<Pins, 'screenOther'>;
}

/** A host waits for this with its handshake, and can do without. */
const WAIT_MS = 3000;
const FRESH_MS = 60_000;
const TEXTS_MAX = 10_000;

export function createLoadInstructions({ clock, pins }: InstructionsDeps): LoadInstructions {
  const texts = new Map<string, { readonly text: string | null; readonly atMs: number }>();
  return async (upstream, principal) => {
    const key = `${upstream.name}\n${principal}`;
    let known = texts.get(key);
    if (known === undefined || clock.monotonicMs() - known.atMs > FRESH_MS) {
      const loaded = await upstream.loadInstructions({ principal }, AbortSignal.timeout(WAIT_MS));
      if (!loaded.ok) return null;
      known = { text: loaded.value, atMs: clock.monotonicMs() };
      texts.delete(key);
      texts.set(key, known);
      const [oldest] = texts.keys();
      if (texts.size > TEXTS_MAX && oldest !== undefined) texts.delete(oldest);
    }
    if (known.text === null) return null;
    const { definition, shown, signs } = readInstructions(known.text);
    return (await pins.screenOther(upstream.name, definition, signs)) ? shown : null;
  };
}

/** The text of a handshake: of the upstreams that may say something, those that this person has to do with. */
export async function describeGateway(
  deps: CallDeps,
  context: Pick<RequestContext, 'principal' | 'endpoint'>,
): Promise<string> {
  const { principal } = context;
  const speaking = upstreamsOf(deps, context).filter(
    ({ name }) =>
      deps.passRules(name).instructions &&
      grantsSome(deps.policy(), name, principal) &&
      deps.killSwitches.find({
        principal: principal.id,
        client: principal.client,
        upstream: name,
        tool: null,
        class: null,
      }) === null,
  );
  const texts = await Promise.all(speaking.map((upstream) => deps.loadInstructions(upstream, principal.id)));
  return composeInstructions(
    speaking.flatMap(({ name }, index) => {
      const text = texts[index] ?? null;
      return text === null ? [] : [{ upstream: name, text: redactKnownSecrets(text, deps.knownSecrets) }];
    }),
  );
}
