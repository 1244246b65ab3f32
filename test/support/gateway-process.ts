import { join } from 'node:path';
import { PROJECT } from './project-files.ts';
import { clientOf, type GatewayDir, type TestGateway } from './run-gateway.ts';
import { type Program, type StartedProcess, startProcess } from './start-process.ts';

export type GatewayClient = Omit<TestGateway, 'stop' | 'close'>;

/** The gateway as an operator starts it, which can be killed. */
export interface GatewayProcess extends StartedProcess {
  /** Resolves when both planes listen; throws what it said where it ended before. */
  ready(): Promise<GatewayClient>;
}

/** `wrap` puts another program before it, one that then becomes it. */
export function startGatewayProcess(
  home: GatewayDir,
  wrap: (command: Program) => Program = (command) => command,
): GatewayProcess {
  const main = join(PROJECT, 'src/main.ts');
  const command = wrap([process.execPath, main, 'up', '--config', home.configFile, '--json']);
  const started = startProcess(command, { cwd: home.dir });
  return {
    ...started,
    async ready() {
      const [line] = await started.until(/^\{"mcpUrl".*\}$/m);
      return clientOf(JSON.parse(line) as { mcpUrl: string; adminUrl: string }, home);
    },
  };
}
