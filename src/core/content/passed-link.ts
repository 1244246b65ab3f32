import { isHostAllowed } from '../conversation/ask-rules.ts';
import type { PassRules } from './pass-rules.ts';

/**
 * Whether an address in a result may reach a host as one that can be followed. A host that follows it is in another network than the
 * upstream, with other rights: `http:` to an address inside, `file:` and what starts programs are bait. What only the gateway can
 * resolve, such as `crm://deals/1`, is asked about when somebody reads it.
 */
export function isLinkPassed(uri: string, { linkHosts, apps }: PassRules): boolean {
  const scheme = SCHEME.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined || FOLLOWED_BY_HOSTS.has(scheme) || LAUNCHERS.test(scheme)) return false;
  if (scheme === 'ui') return apps;
  if (scheme !== 'https') return true;
  const url = URL.parse(uri);
  return url !== null && url.username === '' && url.password === '' && isHostAllowed(url.hostname, linkHosts);
}

/** A control character or space before the scheme would be ignored by whoever follows the link, so it makes the link none. */
const SCHEME = /^([a-z][a-z0-9+.-]*):(?!\s)/i;

/** What browsers, shells and HTTP libraries act on by themselves. */
const FOLLOWED_BY_HOSTS: ReadonlySet<string> = new Set(
  (
    'http ws wss ftp ftps sftp file data blob filesystem about view-source jar javascript vbscript ' +
    'livescript mailto tel sms smb cifs nfs dav davs webdav ldap ldaps gopher dict tftp telnet ssh rdp ' +
    'vnc rtsp rtmp magnet intent shell search-ms res mk itms market chrome edge opera moz-extension'
  ).split(' '),
);

/** Programs that a desktop starts for their own schemes. */
const LAUNCHERS =
  /^(?:ms-|x-apple|vscode|cursor|windsurf|jetbrains|chrome-|git-|github-|slack|zoom|msteams|steam|spotify)/;
