import { readFile } from 'node:fs/promises';
import { isLoopback } from '../core/http/host-check.ts';
import { type Result, err, ok } from '../core/result.ts';
import type { CliContext, ExitCode } from './cli-context.ts';

/** Why a command could not do what it should, for the person who called it. */
export interface CliFault {
  readonly exitCode: ExitCode;
  readonly message: string;
  /** The next step; `null` where the message says it all. */
  readonly help: string | null;
}

/** Which gateway, and with whose credential. */
export interface AdminTarget {
  readonly url: URL;
  readonly token: string;
}

export interface TargetOptions {
  readonly adminUrl?: string;
  readonly adminTokenFile?: string;
}

export const DEFAULT_ADMIN_URL = 'http://127.0.0.1:8421';
/** Written by the gateway at its first start, for its owner alone. */
export const OPERATOR_TOKEN_FILE = './data/operator-token';

/** Options before environment before defaults. A token is never an option itself: others on the machine can read those. */
export async function loadAdminTarget(
  context: Pick<CliContext, 'env'>,
  options: TargetOptions,
): Promise<Result<AdminTarget, CliFault>> {
  const url = parseAdminUrl(options.adminUrl ?? context.env['COUNTERSIGN_ADMIN_URL'] ?? DEFAULT_ADMIN_URL);
  if (!url.ok) return url;
  const given = context.env['COUNTERSIGN_ADMIN_TOKEN'];
  if (options.adminTokenFile === undefined && given) return ok({ url: url.value, token: given });
  const token = await readTokenFile(options.adminTokenFile ?? OPERATOR_TOKEN_FILE);
  return token.ok ? ok({ url: url.value, token: token.value }) : token;
}

function parseAdminUrl(text: string): Result<URL, CliFault> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return err({
      exitCode: 2,
      message: `the admin URL is no http or https URL; got ${text}`,
      help: `Such as ${DEFAULT_ADMIN_URL}.`,
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const message = 'the admin URL is plain http to another machine, where anybody on the way could read the token';
    return err({ exitCode: 2, message, help: 'Use https, or run this on the machine of the gateway.' });
  }
  return ok(url);
}

async function readTokenFile(path: string): Promise<Result<string, CliFault>> {
  try {
    const token = (await readFile(path, 'utf8')).trim();
    if (/^[\x21-\x7e]{1,8192}$/.test(token)) return ok(token);
    return err({ exitCode: 3, message: `${path} holds no token`, help: 'It must hold one token and nothing else.' });
  } catch (error) {
    const { code } = error as { code?: string };
    return err({
      exitCode: 3,
      message: `${path} cannot be read (${code ?? 'unknown error'}), and COUNTERSIGN_ADMIN_TOKEN is not set`,
      help: 'Run this in the directory of the gateway, or name the file with --admin-token-file.',
    });
  }
}
