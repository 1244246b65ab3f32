import { accessSync, chmodSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { err, ok } from '../../src/core/result.ts';
import { freePort, listening } from './ports.ts';
import { localUrl, type StartTarget } from './target.ts';

/** A plain proxy that looks at nothing: the least that one more hop can cost. One worker, as the gateway is one process. */
export const startNginx: StartTarget = async ({ upstreamUrl, placement, processes }) => {
  const program = findNginx();
  if (program === null) return err('nginx is not installed (Debian: apt-get install nginx-light)');

  const folder = processes.createFolder();
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), nginxConfig(port, new URL(upstreamUrl)));
  // Where root starts it, its worker runs as another user.
  chmodSync(folder, 0o755);
  const args = ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')];
  const nginx = processes.start({ name: 'nginx', prefix: placement.target, program, args });
  await nginx.aliveDuring(listening(port));
  return ok({ url: localUrl(port, '/mcp'), token: null, pid: nginx.pid });
};

/** `/usr/sbin` is not on everybody's path. */
function findNginx(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'nginx')).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tuned as one would for MCP: connections kept open on both sides, and events passed on as they come. */
function nginxConfig(port: number, { host }: URL): string {
  return `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 4m;
  client_body_buffer_size 64k;
  keepalive_requests 1000000000;
  upstream bench {
    server ${host};
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://bench;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_buffer_size 16k;
      proxy_buffers 8 16k;
    }
  }
}
`;
}
