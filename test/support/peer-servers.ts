import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { PROJECT } from './project-files.ts';
import { type StartedProcess, startProcess } from './start-process.ts';

const packagePath = (path: string): string => join(PROJECT, 'node_modules/@modelcontextprotocol', path);

/** `server-everything` over Streamable HTTP, in a process of its own. It says on standard output which sessions it opens. */
export interface EverythingServer {
  readonly url: string;
  readonly process: StartedProcess;
  sessions(): readonly string[];
}

export async function startEverything(): Promise<EverythingServer> {
  const port = await findFreePort();
  const server = startProcess([process.execPath, packagePath('server-everything/dist/index.js'), 'streamableHttp'], {
    env: { PORT: String(port) },
  });
  await server.until(/listening on port/);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    process: server,
    sessions: () => [...server.stdout().matchAll(/Session initialized with ID: (\S+)/g)].map(([, id]) => id ?? ''),
  };
}

/** The part of `upstreams:` that runs `server-filesystem` on a directory, and notes the process id of each start in a file. */
export function filesystemConfig(dir: string, startsFile: string): string {
  const note = `import { appendFileSync } from 'node:fs'; appendFileSync(process.env.STARTS, process.pid + '\\n');`;
  return JSON.stringify({
    command: [
      process.execPath,
      '--import',
      `data:text/javascript,${encodeURIComponent(note)}`,
      packagePath('server-filesystem/dist/index.js'),
      dir,
    ],
    env: { STARTS: startsFile },
  });
}

/** The shipped policies, with one change: `move_file` is out of everybody's reach, so that there is a *never* tool with both servers. */
export function peerPolicies(): Readonly<Record<string, string>> {
  const filesystem = parseDocument(readFileSync(join(PROJECT, 'policies/filesystem.yaml'), 'utf8'));
  const write = filesystem.getIn(['classes', 'write']) as { toJSON(): readonly string[] };
  filesystem.setIn(
    ['classes', 'write'],
    write.toJSON().filter((tool) => tool !== 'move_file'),
  );
  filesystem.setIn(['classes', 'never'], ['move_file']);
  return {
    'filesystem.yaml': filesystem.toString(),
    'everything.yaml': readFileSync(join(PROJECT, 'policies/everything.yaml'), 'utf8'),
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
