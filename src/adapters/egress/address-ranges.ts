import { BlockList, isIP } from 'node:net';

/** Who chose the address: the operator, in the configuration, or a peer, in something that it sent us. */
export type ChosenBy = 'operator' | 'peer';

/**
 * Whether a connection to this address is refused. An operator may name machines of the own network; a peer may not. Neither reaches
 * what hands out the credentials of the machine itself, nor what is no machine at all.
 *
 * `node:net` reads and compares the addresses: hand-written readers of addresses are how others fell (toolhive's merges about NAT64;
 * CVE-2024-29415).
 */
export function isForbidden(address: string, chosenBy: ChosenBy): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  return NOBODY.check(address, type) || (chosenBy === 'peer' && OWN_NETWORK.check(address, type));
}

/** Cloud metadata, and addresses that only mean something on one link or to no one machine. */
const NOBODY_RANGES = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  'ff00::/8',
] as const;

/** IANA's special-purpose registries: loopback, private use, shared space, documentation, benchmarks, unique local, site-local. */
const OWN_NETWORK_RANGES = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '::1/128',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fec0::/10',
] as const;

const NOBODY = blockListOf(NOBODY_RANGES);
const OWN_NETWORK = blockListOf(OWN_NETWORK_RANGES);

/** Every IPv4 range in the IPv6 ranges that stand for it, too: each of them is another way to write the same machine. */
function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/');
    if (isIP(address) === 6) {
      list.addSubnet(address, Number(bits), 'ipv6');
      continue;
    }
    list.addSubnet(address, Number(bits), 'ipv4');
    // Mapped (RFC 4291 §2.5.5.2), compatible (§2.5.5.1), translated (RFC 2765), and NAT64 (RFC 6052).
    for (const prefix of ['::ffff:', '::', '::ffff:0:', '64:ff9b::']) {
      // `::0.0.0.0/104` would be `::1`, too, which is loopback and the operator's to name.
      if (prefix !== '::' || !address.startsWith('0.')) {
        list.addSubnet(`${prefix}${address}`, 96 + Number(bits), 'ipv6');
      }
    }
    // 6to4 (RFC 3056) carries the address behind 2002.
    list.addSubnet(`2002:${hexGroups(address)}::`, 16 + Number(bits), 'ipv6');
  }
  return list;
}

function hexGroups(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
