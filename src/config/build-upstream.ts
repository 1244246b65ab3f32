import { basename, resolve } from 'node:path';
import { isLoopback } from '../core/http/host-check.ts';
import { askRulesOf, passRulesOf } from './allow-schema.ts';
import type { Report } from './build-config.ts';
import type { HttpUpstreamConfig, StdioUpstreamConfig, UpstreamConfig, UpstreamCredentials } from './config.ts';
import { findFetchedPackage } from './fetched-package.ts';
import type { UpstreamSection } from './upstream-schema.ts';
import type { VariableSources } from './variables.ts';

/** The machine, as far as a configuration file speaks of it. */
export interface Surroundings {
  /** Of the file. Relative paths count from here. */
  readonly dir: string;
  readonly variables: VariableSources;
  /** The absolute path of a program by its path or name; `null` where there is none that can be run. */
  readonly findProgram: (command: string) => string | null;
}

/** `null` after a report. */
export function buildUpstream(
  name: string,
  section: UpstreamSection,
  surroundings: Surroundings,
  report: Report,
): UpstreamConfig | null {
  const shape = {
    name,
    era: section.era,
    connectTimeoutMs: section.timeouts.connect,
    callTimeoutMs: section.timeouts.call,
    concurrentCallsMax: section.limits.concurrentCalls,
    resultBytesMax: section.limits.resultSize,
    allow: askRulesOf(section.allow),
    passes: passRulesOf(section.allow),
  };
  return section.url === undefined
    ? buildStdio(shape, section, surroundings, report)
    : buildHttp(shape, section.url, section, report);
}

type Shape = Omit<HttpUpstreamConfig, 'kind' | 'url' | 'transport' | 'credentials' | 'egressHosts'>;

function buildHttp(shape: Shape, url: string, section: UpstreamSection, report: Report): HttpUpstreamConfig | null {
  const { hostname, protocol } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname)) {
    const help = 'use https, unless the network between is yours alone';
    report('warning', ['upstreams', shape.name, 'url'], 'sends arguments, results and credentials in the clear', help);
  }
  const egressHosts = section.egress?.allow ?? null;
  if (egressHosts?.includes(hostname) === false) {
    const path = ['upstreams', shape.name, 'egress', 'allow'];
    report('error', path, `leaves out ${hostname}, the host of its own url`, 'add it: nothing else is connected to');
    return null;
  }
  const transport = section.transport ?? 'auto';
  return { ...shape, kind: 'http', url, transport, credentials: credentialsOf(section), egressHosts };
}

function credentialsOf({ credentials }: UpstreamSection): UpstreamCredentials {
  if (credentials?.kind !== 'header') return { kind: 'none' };
  return { kind: 'header', name: (credentials.name ?? '').toLowerCase(), value: credentials.value ?? '' };
}

function buildStdio(
  shape: Shape,
  section: UpstreamSection,
  surroundings: Surroundings,
  report: Report,
): StdioUpstreamConfig | null {
  const path = ['upstreams', shape.name, 'command'];
  const [written = '', ...listed] = typeof section.command === 'string' ? [section.command] : (section.command ?? []);
  const args = [...listed, ...(section.args ?? [])];

  const fetched = findFetchedPackage(basename(written), args);
  if (fetched !== null && !fetched.isPinned) {
    const message = `runs whatever version of ${fetched.spec} is the newest at each start`;
    report('error', path, message, 'install it and name its program here, or pin an exact version such as name@1.2.3');
    return null;
  }
  if (fetched !== null) {
    const help = 'install it and name its program here, so that a start needs no network';
    report('warning', path, `fetches ${fetched.spec} and what it depends on when it starts`, help);
  }

  // Looked up once, here: a program that is planted later in some directory of PATH is not taken instead.
  const command = surroundings.findProgram(written);
  if (command === null) {
    report('error', path, 'is no program that can be run here', 'give an absolute path, or install it on PATH');
    return null;
  }
  const cwd = resolve(surroundings.dir, section.cwd ?? '.');
  const env = section.env ?? {};
  const digests = digestsOf(section, surroundings);
  return { ...shape, kind: 'stdio', command, args, env, cwd, shared: section.shared ?? false, digests };
}

function digestsOf({ digests = {} }: UpstreamSection, { dir }: Surroundings): ReadonlyMap<string, string> {
  return new Map(Object.entries(digests).map(([file, digest]) => [resolve(dir, file), digest.replace('sha256:', '')]));
}
