import type { Upstream } from '../../../ports/upstream.ts';
import type { EraSetting } from '../era-keeper.ts';
import type { ClientInfo, UpstreamDeps } from '../upstream-deps.ts';
import { childEnvironment } from './child-environment.ts';
import { type ChildCommand, startChild, startNothing } from './child.ts';
import { createPeerUpstream } from './create-peer-upstream.ts';
import { createFileCheck } from './file-check.ts';
import type { StdioLimits } from './stdio-limits.ts';

export interface StdioUpstreamOptions {
  readonly name: string;
  /** The program and its arguments. Started as they are, without a shell. */
  readonly command: readonly [program: string, ...args: string[]];
  readonly cwd: string | undefined;
  /** Beside the few variables that every child gets. Values are taken for credentials: they are never shown. */
  readonly env: Readonly<Record<string, string>>;
  /** SHA-256 of files, by their absolute paths, in hexadecimal: nothing is started while one of them is another. */
  readonly digests: ReadonlyMap<string, string>;
  /** One process for all principals. Only for servers that keep nothing of one person that another could see. */
  readonly shared: boolean;
  readonly era: EraSetting;
  readonly client: ClientInfo;
  readonly limits: StdioLimits;
}

export interface StdioUpstreamDeps extends UpstreamDeps {
  /** The gateway's own environment, of which a child gets the harmless part. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An MCP server that the gateway runs: one process for each principal, unless it is shared. */
export function createStdioUpstream(options: StdioUpstreamOptions, deps: StdioUpstreamDeps): Upstream {
  const command = commandOf(options, deps);
  const findChanged = createFileCheck(options.digests);
  return createPeerUpstream({ ...options, transport: 'stdio' }, deps, (limits, listener) => {
    const changed = findChanged();
    return changed === null ? startChild(command, limits, listener) : startNothing(changed, listener);
  });
}

function commandOf({ command, cwd, env }: StdioUpstreamOptions, deps: StdioUpstreamDeps): ChildCommand {
  const [program, ...args] = command;
  return { program, args, cwd, env: childEnvironment(deps.env, env), secrets: Object.values(env) };
}
