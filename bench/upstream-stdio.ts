import { createInterface } from 'node:readline';
import { replyTo } from './upstream/bench-server.ts';

// The same server over standard input and output, for peers that speak to nothing else. Ends with its input.
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line.trim() === '') return;
  const reply = replyTo(line);
  switch (reply.kind) {
    case 'nothing':
      return;
    case 'message':
      process.stdout.write(`${reply.json}\n`);
      return;
    case 'long-message': {
      const [before, filler, after] = reply.parts;
      process.stdout.write(`${before}${filler.toString('latin1')}${after}\n`);
      return;
    }
    case 'stream':
      process.stdout.write(`${reply.progress}\n`);
      setTimeout(() => process.stdout.write(`${reply.result}\n`), reply.gapMs);
  }
});
