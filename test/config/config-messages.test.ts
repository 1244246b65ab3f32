import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigDir, configText, createConfigDir, upstreamText, URL_LINE } from '../support/config-dir.ts';

let given: ConfigDir;
beforeAll(() => {
  given = createConfigDir();
});
afterAll(() => given.remove());

describe('what is wrong is said with its place and a next step', () => {
  it.each<[string, string, string]>([
    [
      'a slip in a key',
      configText('enviroment: dev'),
      'c.yaml:3:1: enviroment: is no key that is known here; got enviroment\n  help: did you mean environment?',
    ],
    [
      'a slip deep down',
      upstreamText(URL_LINE, 'timeouts: { conect: 1s }'),
      'c.yaml:5:17: upstreams.crm.timeouts.conect: is no key that is known here; got conect\n  help: did you mean connect?',
    ],
    ['a key that nobody knows', configText('zebra: 1'), 'help: known here: version, environment, listen,'],
    ['no upstreams', 'version: 1\n', 'c.yaml:1:1: upstreams: is missing\n'],
    [
      'an upstream with a name of ours',
      'version: 1\nupstreams:\n  countersign: { url: "https://x.example/mcp" }\n',
      'c.yaml:3:3: upstreams.countersign: is a name that the gateway keeps for itself',
    ],
    [
      'an upstream with an underscore',
      'version: 1\nupstreams:\n  my_crm: { url: "https://x.example/mcp" }\n',
      'c.yaml:3:3: upstreams.my_crm: must be 1 to 20 small letters',
    ],
    ['an upstream without a way to it', upstreamText('era: modern'), 'upstreams.crm: has neither `url` nor `command`'],
    ['an upstream with two', upstreamText(URL_LINE, 'command: node'), 'upstreams.crm: has both `url` and `command`'],
    [
      'a shared connection over HTTP',
      upstreamText(URL_LINE, 'shared: true'),
      'upstreams.crm.shared: has no meaning with `url`',
    ],
    [
      'arguments twice',
      upstreamText('command: [node, a.js]', 'args: [b.js]'),
      'upstreams.crm.args: stand in `command` already',
    ],
    [
      'a URL of another kind',
      upstreamText('url: ftp://x.example'),
      'upstreams.crm.url: must be an http or https URL; got ftp://x.example',
    ],
    [
      'a URL with a space',
      upstreamText("url: 'https://x.example/mcp '"),
      'upstreams.crm.url: must be an http or https URL',
    ],
    [
      'a URL with a password',
      upstreamText('url: https://a:b@x.example/mcp'),
      'upstreams.crm.url: holds a user name or password',
    ],
    [
      'an unknown era',
      upstreamText(URL_LINE, 'era: ancient'),
      'upstreams.crm.era: must be auto or legacy or modern; got ancient',
    ],
    [
      'a duration without a unit',
      upstreamText(URL_LINE, 'timeouts: { call: 30 }'),
      'upstreams.crm.timeouts.call: must be a text; got 30',
    ],
    [
      'a duration that is too long',
      upstreamText(URL_LINE, 'timeouts: { call: 2h }'),
      'upstreams.crm.timeouts.call: must be between 1s and 1h; got 2h',
    ],
    [
      'a size without a unit',
      upstreamText(URL_LINE, 'limits: { resultSize: "16" }'),
      'upstreams.crm.limits.resultSize: must be a whole number of KiB or MiB',
    ],
    [
      'an address without a port',
      configText('listen: { mcp: 127.0.0.1 }'),
      'c.yaml:3:16: listen.mcp: must be an IP address and a port',
    ],
    [
      'a name to listen on',
      configText('listen: { mcp: "gateway:8420" }'),
      'listen.mcp: must be an IP address and a port',
    ],
    [
      'an address that is none',
      configText('listen: { mcp: "999.0.0.1:80" }'),
      'listen.mcp: must be an IP address and a port',
    ],
    [
      'a port that is none',
      configText('listen: { mcp: "127.0.0.1:70000" }'),
      'listen.mcp: must be an IP address and a port',
    ],
    [
      'one address for both planes',
      configText('listen: { mcp: "127.0.0.1:1", admin: "127.0.0.1:1" }'),
      'listen.admin: is the address of the MCP plane too',
    ],
    [
      'a public URL with a path',
      configText('publicUrl: https://x.example/gw'),
      'publicUrl: must end after the host and port; got https://x.example/gw\n  help: write https://x.example',
    ],
    ['a public URL in the clear', configText('publicUrl: http://x.example'), 'publicUrl: must be https'],
    [
      'a host with a port',
      configText('hosts: ["x.example:80"]'),
      'hosts[0]: must be a host name in small letters, without a port',
    ],
    [
      'PostgreSQL',
      configText('store: postgres://db/x'),
      'store: PostgreSQL is not in this version; got postgres://db/x',
    ],
    ['another store', configText('store: ./x.db'), 'store: must be `sqlite:` and a path'],
    [
      'an algorithm with a shared key',
      configText('identity: { issuers: [{ issuer: "https://x.example", algorithms: [HS256] }] }'),
      'identity.issuers[0].algorithms[0]: must be RS256 or',
    ],
    [
      'no algorithm',
      configText('identity: { issuers: [{ issuer: "https://x.example", algorithms: [] }] }'),
      'identity.issuers[0].algorithms: must be at least 1 entries',
    ],
    [
      'an issuer in the clear',
      configText('identity: { issuers: [{ issuer: "http://x.example" }] }'),
      'identity.issuers[0].issuer: must be https',
    ],
    [
      'an issuer twice',
      configText('identity: { issuers: [{ issuer: "https://x.example" }, { issuer: "https://x.example" }] }'),
      'identity.issuers[1].issuer: stands here twice',
    ],
    [
      'a person in two lists',
      configText('identity: { people: [[olivia, o@x.example], [otto, "https://x.example#OLIVIA"]] }'),
      'identity.people[1][1]: is a name in list 1 as well',
    ],
    ['a person with one name', configText('identity: { people: [[olivia]] }'), 'identity.people[0]:'],
    [
      'requests that are kept for less than a day',
      configText('approvals: { keep: 1h }'),
      'approvals.keep: must be between 1d and 3650d',
    ],
    [
      'an environment that is not there',
      configText('environment: pord', 'environments: { prod: {} }'),
      'c.yaml:3:14: environment: is none of `environments`; got pord\n  help: known here: prod',
    ],
    [
      'more approvers than there will ever be',
      configText('environments: { prod: { approvals: { minimum: 11 } } }'),
      'environments.prod.approvals.minimum: must be at most 10; got 11',
    ],
    ['a limit of nothing', configText('limits: { connections: 0 }'), 'limits.connections: must be at least 1; got 0'],
    [
      'half a connection',
      configText('limits: { connections: 1.5 }'),
      'limits.connections: must be a whole number; got 1.5',
    ],
    [
      'a program that is not there',
      upstreamText('command: no-such-program-here'),
      'c.yaml:4:14: upstreams.crm.command: is no program that can be run here; got no-such-program-here',
    ],
    [
      'a file that is no program',
      upstreamText('command: ./bin/data'),
      'upstreams.crm.command: is no program that can be run here; got ./bin/data',
    ],
    [
      'a directory',
      upstreamText('command: ./bin'),
      'upstreams.crm.command: is no program that can be run here; got ./bin',
    ],
    [
      'a floating version',
      upstreamText('command: npx', 'args: [-y, "some-mcp-server@latest"]'),
      'runs whatever version of some-mcp-server@latest is the newest at each start; got npx\n  help: install it',
    ],
    [
      'a variable that is not set',
      upstreamText(URL_LINE, 'credentials: { kind: header, name: x-token, value: "${env:NOPE}", shared: true }'),
      'upstreams.crm.credentials.value: names an environment variable that is not set; got ${env:NOPE}\n  help: set NOPE before the start',
    ],
    [
      'a variable that is empty',
      upstreamText('command: node', 'env: { X: "${env:EMPTY}" }'),
      'upstreams.crm.env.X: names an environment variable that is not set',
    ],
    [
      'a file that is not there',
      upstreamText('command: node', 'env: { X: "a ${file:nope} b" }'),
      'upstreams.crm.env.X: names a file that is empty or cannot be read; got ${file:nope}',
    ],
    [
      'a variable of no known kind',
      configText('publicUrl: "${vault:x}"'),
      'publicUrl: holds a variable of no known form; got ${vault:x}',
    ],
    [
      'a variable without an end',
      configText('publicUrl: "${env:WIKI_TOKEN"'),
      'publicUrl: holds a variable of no known form; got ${env:WIKI_TOKEN',
    ],
    [
      'a secret in the arguments of a process',
      upstreamText('command: [node, "--token=${env:WIKI_TOKEN}"]'),
      'upstreams.crm.command[1]: takes no variables; got ${env:WIKI_TOKEN}',
    ],
    [
      'a variable as a key',
      'version: 1\nupstreams:\n  "${env:WIKI_TOKEN}": { url: "https://x.example" }\n',
      'upstreams.${env:WIKI_TOKEN}: must be 1 to 20',
    ],
    [
      'a shared credential that is not called so',
      upstreamText(URL_LINE, 'credentials: { kind: header, name: x-token, value: abc }'),
      'upstreams.crm.credentials.shared: is missing\n  help: write `shared: true`',
    ],
    [
      'a header of the protocol',
      upstreamText(URL_LINE, 'credentials: { kind: header, name: Mcp-Session-Id, value: abc, shared: true }'),
      'upstreams.crm.credentials.name: is a header that the gateway writes itself',
    ],
    [
      'a credential with a line break',
      upstreamText(URL_LINE, 'credentials: { kind: header, name: x-token, value: "a\\nb: c", shared: true }'),
      'upstreams.crm.credentials.value: must be visible ASCII',
    ],
    [
      'a credential with no use',
      upstreamText(URL_LINE, 'credentials: { kind: none, value: abc }'),
      'upstreams.crm.credentials.value: has no meaning with `kind: none`',
    ],
    [
      'an egress list without the upstream itself',
      upstreamText(URL_LINE, 'egress: { allow: [x] }'),
      'upstreams.crm.egress.allow: leaves out',
    ],
    [
      'an egress list of URLs',
      upstreamText(URL_LINE, 'egress: { allow: ["https://x"] }'),
      'upstreams.crm.egress.allow[0]: is no host',
    ],
  ])('%s', (_what, text, expected) => {
    expect(given.parse(text).ok).toBe(false);
    expect(given.messages(text)).toContain(expected);
  });

  it.each([
    [
      'sandbox',
      upstreamText('command: node', 'sandbox: { readOnly: true }'),
      'upstreams.crm.sandbox: is not in this version',
    ],
    [
      'oauth',
      upstreamText(URL_LINE, 'credentials: { kind: oauth }'),
      'upstreams.crm.credentials.kind: is not in this version',
    ],
    [
      'token-exchange',
      upstreamText(URL_LINE, 'credentials: { kind: token-exchange, tokenUrl: "https://x" }'),
      'upstreams.crm.credentials.kind: is not in this version',
    ],
  ])('%s is refused because this version would not keep what it promises', (_key, text, expected) => {
    expect(given.messages(text)).toContain(expected);
  });

  it('says all of it at once', () => {
    const text = `${upstreamText('url: nowhere', 'credentials: { kind: header, value: "${env:NOPE}" }')}zebra: 1\nstore: x\n`;
    expect(given.messages(text).match(/^c\.yaml:\d+/gm)).toEqual([
      'c.yaml:4',
      'c.yaml:5',
      'c.yaml:5',
      'c.yaml:5',
      'c.yaml:6',
      'c.yaml:7',
    ]);
  });
});

describe('whoever can be reached by others must have thought about it', () => {
  const open = 'listen: { mcp: "0.0.0.0:8420" }';
  it.each<[string, string, string]>([
    [
      'without a public URL',
      configText(open, 'identity: { tokens: {} }'),
      'listen.mcp: is reachable by others, and there is no `publicUrl`',
    ],
    [
      'without a way to sign in',
      configText(open, 'publicUrl: https://x.example'),
      'listen.mcp: is reachable by others, and nothing says how they sign in',
    ],
    [
      'with an empty list of issuers',
      configText(open, 'publicUrl: https://x.example', 'identity: { issuers: [] }'),
      'nothing says how they sign in',
    ],
    [
      'with an admin plane without a name',
      configText('listen: { admin: "10.0.0.1:8421" }'),
      'listen.admin: is reachable by others, and there is no `adminUrl`',
    ],
  ])('%s it is refused', (_what, text, expected) => {
    expect(given.messages(text)).toContain(expected);
    expect(given.parse(text).ok).toBe(false);
  });

  it.each<[string, string]>([
    ['tokens of the gateway', configText(open, 'publicUrl: https://x.example', 'identity: { tokens: {} }')],
    [
      'an issuer',
      configText(open, 'publicUrl: https://x.example', 'identity: { issuers: [{ issuer: "https://x.example" }] }'),
    ],
    [
      'a container that is published on this machine alone',
      configText(open, 'publicUrl: http://localhost:8420', 'identity: { tokens: {} }'),
    ],
    ['loopback by any of its names', configText('listen: { mcp: "localhost:1", admin: "[::1]:1" }')],
  ])('with %s it is taken', (_what, text) => {
    expect(given.parse(text).ok).toBe(true);
  });
});

describe('secrets stay out of messages', () => {
  it.each([
    [
      'a credential of the wrong form',
      upstreamText(URL_LINE, 'credentials: { kind: header, name: x-t, value: "canary-written é", shared: true }'),
    ],
    [
      'a credential that is a number',
      upstreamText(URL_LINE, 'credentials: { kind: header, name: x-t, value: 12345678, shared: true }'),
    ],
    ['a password in a URL', upstreamText('url: https://canary:12345678@x.example/mcp')],
    ['a password in a store', configText('store: postgres://canary:12345678@db/x')],
    [
      'an upstream that is wrong as a whole',
      upstreamText('credentials: { kind: header, name: x-t, value: canary, shared: true }'),
    ],
    ['an upstream in one line', configText().replace('{}', '{ crm: { env: { X: canary } } }')],
    ['a section of the wrong form', upstreamText(URL_LINE, 'credentials: "canary-written"')],
    ['a variable in the wrong place', upstreamText('url: "${env:WIKI_TOKEN}"')],
    ['a variable of the wrong form', upstreamText(URL_LINE, 'era: "${env:WIKI_TOKEN}"')],
    ['an environment of the wrong form', upstreamText('command: node', 'env: { X: 12345678 }')],
  ])('%s', (_what, text) => {
    expect(given.parse(text).ok).toBe(false);
    expect(given.messages(text)).not.toMatch(/canary|12345678/);
  });
});
