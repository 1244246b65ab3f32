import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApprovalList, ApprovalView } from '../../src/core/admin-api/approval-view.ts';
import { type EverythingServer, filesystemConfig, peerPolicies, startEverything } from './peer-servers.ts';
import { PROJECT } from './project-files.ts';
import { clientOf, createGatewayDir, type TestGateway, type TokenWish } from './run-gateway.ts';
import { type ProgramRun, runProgram, type StartedProcess, startProcess } from './start-process.ts';

/** The gateway as an operator runs it, before two servers that others wrote. */
export interface PeerWorld {
  readonly gateway: Omit<TestGateway, 'stop' | 'close'>;
  /** Tokens of the MCP plane. All but carol are of the staff. */
  readonly tokens: Readonly<Record<'alice' | 'bob' | 'carol', string>>;
  /** Tokens of the admin plane. olivia and alice are leads. */
  readonly admins: Readonly<Record<'olivia' | 'alice' | 'bob', string>>;
  readonly everything: EverythingServer;
  /** What the filesystem server may touch. */
  readonly files: string;
  /** Process ids of the filesystem servers that were started, oldest first. */
  filesystemPids(): readonly number[];
  url(path: string): string;
  /** The command line, as olivia in another terminal. */
  countersign(...args: readonly string[]): Promise<ProgramRun>;
  countersignAs(token: string, ...args: readonly string[]): Promise<ProgramRun>;
  pendingApprovals(): Promise<readonly ApprovalView[]>;
  close(): Promise<void>;
}

const MAIN = join(PROJECT, 'src/main.ts');

/** `holdMs`: how long a call waits for an approver before its host is told that it is pending. */
export async function startPeerWorld(options: { readonly holdMs: number }): Promise<PeerWorld> {
  const opened = new AsyncDisposableStack();
  try {
    return { ...(await openWorld(options, opened)), close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function openWorld(
  { holdMs }: { readonly holdMs: number },
  opened: AsyncDisposableStack,
): Promise<Omit<PeerWorld, 'close'>> {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-peers-')));
  opened.defer(() => rmSync(scratch, { recursive: true }));
  const files = join(scratch, 'files');
  const startsFile = join(scratch, 'starts');
  mkdirSync(files);
  const everything = await startEverything();
  opened.defer(async () => void (await everything.process.stop('SIGKILL')));
  const home = createGatewayDir({
    config: [
      'environment: test',
      `environments: { test: { approvals: { hold: ${holdMs}ms } } }`,
      'upstreams:',
      `  everything: { url: '${everything.url}' }`,
      `  filesystem: ${filesystemConfig(files, startsFile)}`,
      '',
    ].join('\n'),
    policies: peerPolicies(),
  });
  opened.defer(() => home.remove());
  const gatewayProcess = startProcess([process.execPath, MAIN, 'up', '--config', home.configFile, '--json'], {
    cwd: home.dir,
  });
  opened.defer(() => stopCleanly(gatewayProcess));
  const [line] = await gatewayProcess.until(/^\{.*\}$/m);
  const running = JSON.parse(line) as { readonly mcpUrl: string; readonly adminUrl: string };
  const gateway = clientOf(running, home);
  const people = await issueTokens(gateway);
  const countersignAs: PeerWorld['countersignAs'] = (token, ...args) =>
    runProgram([process.execPath, MAIN, ...args], {
      cwd: home.dir,
      env: { COUNTERSIGN_ADMIN_URL: running.adminUrl, COUNTERSIGN_ADMIN_TOKEN: token },
    });

  return {
    ...people,
    gateway,
    everything,
    files,
    filesystemPids: () =>
      existsSync(startsFile) ? readFileSync(startsFile, 'utf8').trim().split('\n').map(Number) : [],
    url: (path) => new URL(path, running.mcpUrl).href,
    countersign: (...args) => countersignAs(people.admins.olivia, ...args),
    countersignAs,
    async pendingApprovals() {
      const { json } = await gateway.admin('GET', '/api/approvals?status=pending');
      return (json as unknown as ApprovalList).approvals;
    },
  };
}

/** Whatever upstreams and hosts did to it, the gateway reports no error of its own, and ends when it is told to. */
async function stopCleanly(gateway: StartedProcess): Promise<void> {
  const exitCode = await gateway.stop();
  const hasErrors = /"level":[56]0\b/.test(gateway.stderr());
  if (exitCode !== 0 || hasErrors) throw new Error(`the gateway ended with ${exitCode}\n${gateway.stderr()}`);
}

async function issueTokens({ issue }: Pick<TestGateway, 'issue'>): Promise<Pick<PeerWorld, 'tokens' | 'admins'>> {
  const staff = { groups: ['staff'] };
  const approver = { plane: 'admin', roles: ['approver'] } as const;
  const operator = { plane: 'admin', roles: ['approver', 'operator', 'auditor'] } as const;
  const groups = ['leads'];
  const token = async (wish: TokenWish): Promise<string> => (await issue(wish)).token;
  return {
    tokens: {
      alice: await token({ user: 'alice', ...staff }),
      bob: await token({ user: 'bob', ...staff }),
      carol: await token({ user: 'carol' }),
    },
    admins: {
      olivia: await token({ user: 'olivia', ...operator, groups }),
      alice: await token({ user: 'alice', ...approver, groups }),
      bob: await token({ user: 'bob', ...approver }),
    },
  };
}
