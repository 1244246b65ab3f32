import { visibleText } from '../content/visible-text.ts';
import { definitionDigest } from './definition-digest.ts';
import { INSTRUCTIONS_PIN } from './pin.ts';
import type { PoisonSign } from './poison-sign.ts';
import { scanText } from './scan-text.ts';
import type { ToolDefinition } from './tool.ts';

/** Of one upstream. What is longer is cut, before it is scanned and pinned: hosts see what was looked at. */
const INSTRUCTIONS_CHARS_MAX = 4000;

/** The text that an upstream says about itself, as it is pinned, and what a scan finds in it. */
export function readInstructions(text: string): {
  readonly definition: ToolDefinition;
  readonly shown: string;
  readonly signs: readonly PoisonSign[];
} {
  const cut = text.slice(0, INSTRUCTIONS_CHARS_MAX).toWellFormed();
  const definition = { name: INSTRUCTIONS_PIN, instructions: cut };
  const signs = scanText(cut).map(({ sign }) => sign);
  return {
    definition: { name: INSTRUCTIONS_PIN, definition, digest: definitionDigest(definition) },
    shown: cut,
    signs,
  };
}

/** What a host is told of the gateway itself. */
export const GATEWAY_INSTRUCTIONS: string =
  'These tools stand behind a policy gateway. A call can be denied, or wait for a person: a result whose structured content says ' +
  '`approval_pending` has not run. Tell the user, then send the same call with the same arguments to get its result. Do not try to get ' +
  'round a denial by other means.';

/**
 * The text of a host's handshake: the gateway's own first, then what upstreams say, each quoted line by line under a label, so that none
 * of it can pass for the gateway's or another upstream's.
 */
export function composeInstructions(parts: readonly { readonly upstream: string; readonly text: string }[]): string {
  const quoted = parts.map(({ upstream, text }) => {
    const lines = text.split(/\r\n?|\n/).map((line) => `> ${visibleText(line)}`);
    return `The server "${upstream}" says of itself, in its own words and not the gateway's:\n${lines.join('\n')}`;
  });
  return [GATEWAY_INSTRUCTIONS, ...quoted].join('\n\n');
}
