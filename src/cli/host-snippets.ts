/** How one MCP host is pointed at the gateway: where to put it, and what to put there. */
export interface HostSnippet {
  readonly host: string;
  readonly where: string;
  readonly text: string;
}

/**
 * Ready to paste. The token is always read from the environment, so that what is pasted can be committed. Hosts that see OAuth
 * discovery ignore a configured header (Cursor does), so these use the path that offers none.
 */
export function hostSnippets(tokenUrl: string): readonly HostSnippet[] {
  const json = (value: unknown) => JSON.stringify(value);
  return [
    {
      host: 'Cursor',
      where: '~/.cursor/mcp.json',
      text: json({
        mcpServers: {
          countersign: { url: tokenUrl, headers: { Authorization: `Bearer \${env:COUNTERSIGN_TOKEN}` } },
        },
      }),
    },
    {
      host: 'Claude Code',
      where: 'a shell',
      text: `claude mcp add --transport http countersign ${tokenUrl} --header "Authorization: Bearer $COUNTERSIGN_TOKEN"`,
    },
    {
      host: 'VS Code',
      where: '.vscode/mcp.json',
      text: json({
        inputs: [{ type: 'promptString', id: 'countersign', description: 'Countersign token', password: true }],
        servers: {
          countersign: { type: 'http', url: tokenUrl, headers: { Authorization: `Bearer \${input:countersign}` } },
        },
      }),
    },
    {
      host: 'Codex',
      where: '~/.codex/config.toml',
      text: ['[mcp_servers.countersign]', `url = "${tokenUrl}"`, 'bearer_token_env_var = "COUNTERSIGN_TOKEN"'].join(
        '\n',
      ),
    },
    {
      host: 'Gemini CLI',
      where: '~/.gemini/settings.json',
      text: json({
        mcpServers: { countersign: { httpUrl: tokenUrl, headers: { Authorization: 'Bearer $COUNTERSIGN_TOKEN' } } },
      }),
    },
  ];
}

/** A first call that needs no host: the modern revision has no handshake, so one request is enough. */
export function firstCall(mcpUrl: string, token: string): string {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const body = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'notes__list', arguments: {}, _meta: meta },
  };
  const headers = [
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'MCP-Protocol-Version: 2026-07-28',
    'Mcp-Method: tools/call',
    'Mcp-Name: notes__list',
  ];
  const flags = headers.map((header) => `-H '${header}'`).join(' ');
  return `curl -s ${mcpUrl} ${flags} -d '${JSON.stringify(body)}'`;
}
