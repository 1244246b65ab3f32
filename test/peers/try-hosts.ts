import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startRecordingUpstream } from '../support/recording-upstream.ts';
import { runGateway } from '../support/run-gateway.ts';
import { type Program, runProgram } from '../support/start-process.ts';

// Whether hosts of others connect, as their own commands say. Run by hand, where they are installed: they are large, and need the network
// to be.
//
//   mkdir /tmp/hosts && npm install --prefix /tmp/hosts mcp-remote @anthropic-ai/claude-code @google/gemini-cli
//   node /tmp/hosts/node_modules/@anthropic-ai/claude-code/install.cjs
//   npx node test/peers/try-hosts.ts /tmp/hosts

const POLICY = `
version: 1
upstream: notes
classes: { read: [list], write: [update], never: [delete_all] }
rules: [{ id: all, who: { any: true }, tools: [list, update], effect: allow }]
`;
const TOOLS = ['list', 'update', 'delete_all'].map((name) => ({ name, inputSchema: { type: 'object' } }));

/** What a host of stdio says, by way of the bridge, which takes a moment to find out how to reach the gateway. */
const HANDSHAKE = [
  {
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'try', version: '1' } },
  },
  { method: 'notifications/initialized' },
  { id: 2, method: 'tools/list' },
].map((message) => JSON.stringify({ jsonrpc: '2.0', ...message }));
const BRIDGED =
  '(sleep 6; printf "%s\\n" "$1"; sleep 3; printf "%s\\n" "$2" "$3"; sleep 4) | "$4" "$5" --allow-http --header "$6"';

interface Trial {
  readonly name: string;
  /** One after the other; the last of them is to say that it is connected. */
  readonly commands: readonly Program[];
  readonly expected: RegExp;
}

function trialsOf(dir: string, url: string, token: string): readonly Trial[] {
  const bin = (name: string): string => join(dir, 'node_modules/.bin', name);
  const credential = ['--header', `Authorization: Bearer ${token}`] as const;
  const [claude, gemini] = [bin('claude'), bin('gemini')];
  return [
    {
      name: 'claude mcp list',
      commands: [
        [claude, 'mcp', 'add', '--transport', 'http', 'gw', url, ...credential],
        [claude, 'mcp', 'list'],
      ],
      expected: /gw: .*Connected/,
    },
    {
      name: 'gemini mcp list',
      commands: [
        [gemini, 'mcp', 'add', '--transport', 'http', ...credential, 'gw', url],
        [gemini, 'mcp', 'list'],
      ],
      expected: /gw: .*Connected/,
    },
    {
      name: 'mcp-remote, as a bridge from stdio',
      commands: [['sh', '-c', BRIDGED, 'sh', ...HANDSHAKE, bin('mcp-remote'), url, `Authorization: Bearer ${token}`]],
      expected: /"tools":\[.*"(?:notes__)?list"/,
    },
  ];
}

async function run({ name, commands, expected }: Trial): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), 'countersign-host-'));
  const path = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const env = { HOME: home, PATH: path, TERM: 'dumb', GEMINI_CLI_TRUST_WORKSPACE: 'true' };
  const work = join(home, 'work');
  mkdirSync(work);
  let said = '';
  for (const command of commands) {
    const { stdout, stderr } = await runProgram(['timeout', '60', ...command], { cwd: work, env });
    said = `${stdout}\n${stderr}`;
  }
  rmSync(home, { recursive: true, force: true });
  const isFound = expected.test(said) && !/delete_all/.test(said);
  process.stdout.write(`${isFound ? 'ok    ' : 'FAILED'} ${name}\n${isFound ? '' : `${said.slice(-2000)}\n`}`);
  return isFound;
}

const [, , dir] = process.argv;
if (dir === undefined) throw new Error('name the directory that the hosts are installed in');
const upstream = await startRecordingUpstream('http, modern', TOOLS, 'a-credential');
const gateway = await runGateway({
  config: `upstreams:\n  notes: ${upstream.config}\n`,
  policies: { 'notes.yaml': POLICY },
});
const { token } = await gateway.issue({ user: 'alice' });
let failed = 0;
for (const path of ['/mcp', '/token/mcp', '/mcp/notes']) {
  const url = `http://127.0.0.1:${gateway.mcpPort}${path}`;
  process.stdout.write(`${path}\n`);
  for (const trial of trialsOf(dir, url, token)) if (!(await run(trial))) failed += 1;
}
await gateway.close();
await upstream.close();
process.exitCode = failed === 0 ? 0 : 1;
