import { createInterface } from 'node:readline';
import { createTaskingPeer } from '../support/tasking-peer.ts';

// An MCP server over stdio that makes tasks of calls. Run as a program by the tests; its era is the first argument.

const era = process.argv[2] === 'modern' ? 'modern' : 'legacy';
const onMessage = createTaskingPeer(era, (message) => void process.stdout.write(`${JSON.stringify(message)}\n`));
const input = createInterface({ input: process.stdin });
input.on('line', (line) => onMessage(JSON.parse(line) as object));
input.on('close', () => process.exit(0));
