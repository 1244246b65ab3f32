import { styleText } from 'node:util';
import { firstCall, hostSnippets } from './host-snippets.ts';

export interface UpOptions {
  /** `null`: `countersign.yaml` where there is one, and the demo otherwise. */
  readonly config: string | null;
  readonly json: boolean;
  /** For the demo alone; a configuration says these itself. */
  readonly data: string;
  readonly listenMcp: string;
  readonly listenAdmin: string;
}

/** A gateway that is up. Secrets are in it in demo mode only. */
export interface Running {
  readonly mcpUrl: string;
  readonly adminUrl: string;
  readonly operatorTokenFile: string;
  readonly demo: {
    readonly requester: { readonly token: string };
    readonly operator: { readonly token: string };
  } | null;
  /** Takes no new calls, lets running ones finish, and closes the store. */
  close(): Promise<void>;
}

/** What `up --json` prints, on one line, when both planes listen. */
export function readyLine({ mcpUrl, adminUrl, demo }: Running): string {
  return JSON.stringify({ mcpUrl, adminUrl, pid: process.pid, ...(demo === null ? {} : { demo }) });
}

/** What `up` prints for a person: where it is, who may use it, and what to do first. */
export function readyText(running: Running, version: string, hasColor: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) => (hasColor ? styleText(style, text) : text);
  const lines = [
    `${paint('bold', 'Countersign')} ${version}${running.demo === null ? '' : paint('yellow', '  demo mode, loopback only')}`,
    '',
    `  MCP plane    ${paint('cyan', running.mcpUrl)}`,
    `  admin plane  ${paint('cyan', running.adminUrl)}`,
    `  operator's token in ${running.operatorTokenFile}`,
  ];
  if (running.demo === null) return `${lines.join('\n')}\n`;

  const { requester, operator } = running.demo;
  const tokenUrl = running.mcpUrl.replace(/\/mcp$/, '/token/mcp');
  lines.push(
    '',
    paint('bold', 'People'),
    `  alice asks       ${requester.token}`,
    `  olivia decides   ${operator.token}`,
    '',
    paint('bold', 'A first call: a read, so it passes'),
    `  ${firstCall(running.mcpUrl, requester.token)}`,
    '',
    paint('bold', `Hosts, after  export COUNTERSIGN_TOKEN=${requester.token}`),
  );
  for (const { host, where, text } of hostSnippets(tokenUrl)) {
    lines.push(`  ${host}, ${where}`, ...text.split('\n').map((line) => `    ${line}`));
  }
  lines.push('', 'Decide on writes with  npm run -s countersign -- approvals ls', 'Stop with Ctrl-C.');
  return `${lines.join('\n')}\n`;
}
