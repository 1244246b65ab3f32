import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

// An MCP server over stdio that behaves as its first argument and the names of its tools say. Run as a program by the tests.

/**
 * @typedef {object} Behaviour
 * @property {'legacy' | 'modern'} [era]
 * @property {string[]} [tools] What it lists, in place of `echo` and `env`.
 * @property {string} [startsFile] Gets a line for each start.
 * @property {boolean} [endsOnSurprise] Ends on anything but `initialize`, as some servers do.
 * @property {boolean} [ignoresTerm]
 * @property {boolean} [ignoresEndOfInput]
 * @property {boolean} [silent] Never says anything.
 * @property {number} [endsWith] Ends at once, with this code.
 */

const behaviour = JSON.parse(process.argv[2] ?? '{}');
const cancelled = [];
const answersToUs = [];
/** What it was asked to tell. */
const askedToTell = [];
const listens = new Set();
const lines = [];
let remembered = null;

if (behaviour.startsFile !== undefined) appendFileSync(behaviour.startsFile, `${process.pid}\n`);
if (behaviour.endsWith !== undefined) process.exit(behaviour.endsWith);
if (behaviour.ignoresTerm === true) process.on('SIGTERM', () => undefined);
if (behaviour.ignoresEndOfInput === true) setInterval(() => undefined, 1_000_000);

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  lines.push(line);
  if (behaviour.silent !== true) onMessage(JSON.parse(line));
});
input.on('close', () => {
  if (behaviour.ignoresEndOfInput !== true) process.exit(0);
});

function onMessage(message) {
  const { id, method, params } = message;
  if (method === undefined) return void answersToUs.push(message.result ?? message.error);
  if (method === 'notifications/cancelled') {
    if (listens.has(params?.['requestId'])) askedToTell.push(method);
    return void cancelled.push(params?.['requestId']);
  }
  if (method === 'resources/subscribe' || method === 'resources/unsubscribe') {
    askedToTell.push(`${method} ${params?.['uri']}`);
    return result(id, {});
  }
  if (method === 'subscriptions/listen' && behaviour.era === 'modern') {
    listens.add(id);
    return void askedToTell.push(`${method} ${JSON.stringify(params?.['notifications'])}`);
  }
  if (id === undefined) return;
  const isModern = behaviour.era === 'modern';
  if (method === 'initialize' && !isModern) {
    return result(id, {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'child', version: '1' },
    });
  }
  if (method === 'server/discover' && isModern)
    return result(id, { resultType: 'complete', supportedVersions: ['2026-07-28'] });
  if (method === 'tools/list') {
    return result(id, { tools: (behaviour.tools ?? ['echo', 'env']).map((name) => ({ name })) });
  }
  if (method === 'tools/call') return onCall(id, String(params?.['name']), params ?? {});
  if (behaviour.endsOnSurprise === true) process.exit(2);
  send({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
}

function onCall(id, tool, params) {
  const token = params['_meta']?.['progressToken'];
  const say = (value) => result(id, { content: [{ type: 'text', text: JSON.stringify(value) }] });
  const tools = {
    echo: () => say(params['arguments']),
    params: () => say(params),
    env: () => say(process.env),
    pid: () => say(process.pid),
    argv: () => say(process.argv.slice(3)),
    'last-line': () => say(lines.at(-1)),
    cancelled: () => say(cancelled),
    'answers-to-us': () => say(answersToUs),
    remember: () => {
      say(remembered);
      remembered = params['arguments'];
    },
    never: () => undefined,
    late: () => void setTimeout(() => say('late'), 150),
    exit: () => process.exit(3),
    'answer-and-exit': () => process.stdout.write(`${text(id, { content: [] })}\n`, () => process.exit(0)),
    crash: () => void process.kill(process.pid, 'SIGKILL'),
    grandchild: async () => {
      const { spawn } = await import('node:child_process');
      const code = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log('up')";
      const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.once('data', () => say(child.pid));
    },
    'grandchild-and-exit': async () => {
      const { spawn } = await import('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
      process.stdout.write(`${text(id, { content: [{ type: 'text', text: String(child.pid) }] })}\n`, () =>
        process.exit(0),
      );
    },
    garbage: () => {
      process.stdout.write(
        'Listening!\n\n{"half":\n\u0000\u0000\n[]\n"text"\n{"jsonrpc":"2.0","id":999,"result":{}}\n',
      );
      say('still here');
    },
    'much-garbage': () => void process.stdout.write('garbage\n'.repeat(500)),
    'long-line': () => flood(),
    crlf: () => process.stdout.write(`${text(id, { content: [] })}\r\n`),
    pretty: () => process.stdout.write(`{"jsonrpc":"2.0","id":${id},\t"result":{ "content" : [ ] }}\n`),
    'two-lines': () => process.stdout.write(`{"jsonrpc":"2.0","id":${id},\n"result":{"content":[]}}\n`),
    twice: () => process.stdout.write(`${text(id, { content: [] })}\n${text(id, { content: ['second'] })}\n`),
    pieces: () => {
      const whole = `${text(id, { content: ['é'] })}\n`;
      let at = 0;
      const bytes = Buffer.from(whole);
      const timer = setInterval(() => {
        process.stdout.write(bytes.subarray(at, at + 7));
        at += 7;
        if (at >= bytes.length) clearInterval(timer);
      }, 1);
    },
    progress: () => {
      send({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 999, progress: 9 } });
      send({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: token, progress: 1 } });
      say('done');
    },
    'asked-to-tell': () => say(askedToTell),
    'tell-all': () => {
      for (const list of ['tools', 'prompts', 'resources'])
        send({ jsonrpc: '2.0', method: `notifications/${list}/list_changed` });
      send({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'a:1' } });
      say('told');
    },
    'list-changed': () => {
      send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
      say('done');
    },
    asks: () => {
      send({ jsonrpc: '2.0', id: 'q1', method: 'ping' });
      send({ jsonrpc: '2.0', id: 'q2', method: 'sampling/createMessage', params: {} });
      say('asked');
    },
    error: () => send({ jsonrpc: '2.0', id, error: { code: -32000, message: 'no' } }),
    fails: () => result(id, { content: [], isError: true }),
    task: () => result(id, { resultType: 'task', taskId: '1' }),
    big: () => result(id, { content: [{ type: 'text', text: 'x'.repeat(params['arguments'].n) }] }),
    'big-and-id-last': () => {
      const value = { content: [{ type: 'text', text: 'x'.repeat(params['arguments'].n) }] };
      process.stdout.write(`${JSON.stringify({ result: value, jsonrpc: '2.0', id })}\n`);
    },
    'last-words': () =>
      process.stderr.write(`\u001b[31mfailed with ${process.env['API_KEY']}\nbye\n`, () => process.exit(1)),
    'close-input': () => {
      input.close();
      process.stdin.destroy();
      say('closed');
    },
    'close-output': () => process.stdout.end(),
  };
  const run = tools[tool];
  if (run === undefined) send({ jsonrpc: '2.0', id, error: { code: -32602, message: 'unknown tool' } });
  else run();
}

function flood() {
  const more = () => {
    while (process.stdout.write('x'.repeat(65_536)));
  };
  process.stdout.on('drain', more);
  process.stdout.on('error', () => process.exit(1));
  more();
}

function text(id, value) {
  return JSON.stringify({ jsonrpc: '2.0', id, result: value });
}

function result(id, value) {
  process.stdout.write(`${text(id, value)}\n`);
}

function send(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
