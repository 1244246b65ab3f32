import { createInterface } from 'node:readline';
import { createNoteBook, type Note } from './notes.ts';
import { NOTES_TOOLS, type NotesTool } from './notes-tools.ts';

/**
 * The upstream of the demo: a small MCP server over stdio, run as a process of its own, so that the demo goes the way of every real
 * upstream. It trusts its one client, which is the gateway.
 */
interface Incoming {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: {
    readonly protocolVersion?: string;
    readonly name?: string;
    readonly arguments?: Readonly<Record<string, unknown>>;
  };
}

const book = createNoteBook();

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Incoming;
  if (message.id === undefined) return;
  const answer = { jsonrpc: '2.0', id: message.id, ...answerTo(message) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});

function answerTo({ method, params }: Incoming): object {
  switch (method ?? '') {
    case 'initialize':
      return {
        result: {
          protocolVersion: params?.protocolVersion ?? '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'notes', version: '1.0.0' },
        },
      };
    case 'ping':
      return { result: {} };
    case 'tools/list':
      return { result: { tools: [...NOTES_TOOLS].map(definitionOf) } };
    case 'tools/call':
      return call(params?.name ?? '', params?.arguments ?? {});
    default:
      return { error: { code: -32601, message: 'Method not found' } };
  }
}

function definitionOf([name, tool]: readonly [string, NotesTool]): object {
  return {
    name,
    description: tool.description,
    inputSchema: { type: 'object', properties: tool.properties, required: Object.keys(tool.properties) },
    annotations: { readOnlyHint: tool.readOnly },
  };
}

function call(name: string, args: Readonly<Record<string, unknown>>): object {
  const tool = NOTES_TOOLS.get(name);
  if (tool === undefined) return { error: { code: -32602, message: `Unknown tool: ${name}` } };
  const missing = Object.keys(tool.properties).filter((property) => typeof args[property] !== 'string');
  if (missing.length > 0) return textResult(`missing: ${missing.join(', ')}`, true);
  const text = tool.run(book, args);
  const structuredContent = tool.record?.(book, args);
  return textResult(text ?? 'there is no such note', text === null, structuredContent);
}

function textResult(text: string, isError: boolean, structuredContent?: Note): object {
  return { result: { content: [{ type: 'text', text }], ...(structuredContent && { structuredContent }), isError } };
}
