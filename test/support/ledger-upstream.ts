import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StartedProcess, startProcess } from './start-process.ts';

/** A call as the upstream saw it. */
export interface LedgerCall {
  readonly tool: string;
  readonly args: { readonly mark: string; readonly [name: string]: unknown };
}

/** The upstream that survives the gateway, and says what reached it. */
export interface LedgerUpstream {
  readonly url: string;
  /** To have it die. */
  readonly process: StartedProcess;
  /** Everything that reached it, in order. */
  calls(): readonly LedgerCall[];
  /** How often a call with this mark reached it. */
  count(mark: string): number;
  close(): Promise<void>;
}

const LEDGER_SERVER = join(import.meta.dirname, '../peers/ledger-server.ts');

export async function startLedgerUpstream(tools: readonly string[]): Promise<LedgerUpstream> {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-ledger-'));
  const file = join(dir, 'ledger');
  const process = startProcess([globalThis.process.execPath, LEDGER_SERVER, file, tools.join(' ')]);
  const [, port] = await process.until(/^listening (\d+)$/m);
  const calls: LedgerCall[] = [];
  const counts = new Map<string, number>();
  let readBytes = 0;

  function readOn(): void {
    const bytes = readFileSync(file);
    const end = bytes.lastIndexOf(0x0a) + 1;
    for (const line of bytes.toString('utf8', readBytes, end).split('\n').slice(0, -1)) {
      const call = JSON.parse(line) as LedgerCall;
      calls.push(call);
      counts.set(call.args.mark, (counts.get(call.args.mark) ?? 0) + 1);
    }
    readBytes = end;
  }

  return {
    url: `http://127.0.0.1:${port}/mcp`,
    process,
    calls() {
      readOn();
      return calls;
    },
    count(mark) {
      readOn();
      return counts.get(mark) ?? 0;
    },
    async close() {
      await process.stop('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
