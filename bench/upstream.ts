import net from 'node:net';
import { replyTo } from './upstream/bench-server.ts';
import { createRequestReader, type Request } from './upstream/request-reader.ts';

// Streamable HTTP on a raw socket, about a third of what node:http costs. Prints {"port"} when it listens.
const server = net.createServer({ noDelay: true }, (socket) => {
  const read = createRequestReader();
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    for (const request of read(piece)) answer(socket, request);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: (server.address() as net.AddressInfo).port }));
});
// Whoever started it holds its input open: when that process dies, in whatever way, this one goes too.
process.stdin.on('end', () => process.exit(0)).resume();

function answer(socket: net.Socket, { method, body }: Request): void {
  if (method !== 'POST') return empty(socket, method === 'DELETE' ? '200 OK' : '405 Method Not Allowed');
  const reply = replyTo(body);
  switch (reply.kind) {
    case 'nothing':
      return empty(socket, '202 Accepted');
    case 'message':
      socket.write(head('application/json', `Content-Length: ${Buffer.byteLength(reply.json)}`) + reply.json);
      return;
    case 'long-message': {
      const [before, filler, after] = reply.parts;
      const bytes = Buffer.byteLength(before) + filler.length + Buffer.byteLength(after);
      socket.cork();
      socket.write(head('application/json', `Content-Length: ${bytes}`) + before);
      socket.write(filler);
      socket.write(after);
      socket.uncork();
      return;
    }
    case 'stream':
      socket.write(
        head('text/event-stream', 'Cache-Control: no-cache\r\nTransfer-Encoding: chunked') + event(reply.progress),
      );
      setTimeout(() => socket.write(`${event(reply.result)}0\r\n\r\n`), reply.gapMs);
  }
}

function empty(socket: net.Socket, status: string): void {
  socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
}

function head(type: string, framing: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${framing}\r\n\r\n`;
}

/** One event as one chunk. */
function event(json: string): string {
  const text = `event: message\ndata: ${json}\n\n`;
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
