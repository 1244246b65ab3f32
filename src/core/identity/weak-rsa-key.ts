import { Buffer } from 'node:buffer';

/** NIST SP 800-131A. */
const MODULUS_BITS_MIN = 2048;
/** Verifying with a larger one takes milliseconds: a key must not be a way to keep us busy. */
const MODULUS_BITS_MAX = 8192;
/** FIPS 186-5 §A.1.1. Nothing above 32 bits is in use. */
const EXPONENT_MIN = 65_537n;
const EXPONENT_MAX = 0xffff_ffffn;

const SMALL_PRIMES: readonly bigint[] = primesBelow(168);

/** `true` for a public key that must not be trusted: too short, too long, a bad exponent, or made by a broken generator. */
export function isWeakRsaKey(modulusBytes: Uint8Array, exponentBytes: Uint8Array): boolean {
  if (modulusBytes.length * 8 > MODULUS_BITS_MAX + 8 || exponentBytes.length > 8) return true;
  const modulus = toBigInt(modulusBytes);
  const exponent = toBigInt(exponentBytes);
  const bits = modulus.toString(2).length;
  if (bits < MODULUS_BITS_MIN || bits > MODULUS_BITS_MAX) return true;
  if (exponent < EXPONENT_MIN || exponent > EXPONENT_MAX || exponent % 2n === 0n) return true;
  return isRocaModulus(modulus);
}

/**
 * CVE-2017-15361 (ROCA): the broken generator makes primes that are powers of 65537 modulo a product of small primes, so the modulus
 * is one as well, modulo each of them. A sound modulus passes for one with a chance of less than 2⁻¹⁰⁰.
 */
function isRocaModulus(modulus: bigint): boolean {
  return SMALL_PRIMES.every((prime) => powersOf65537(prime).has(modulus % prime));
}

function powersOf65537(prime: bigint): ReadonlySet<bigint> {
  const powers = new Set<bigint>();
  for (let power = 1n; !powers.has(power); power = (power * 65_537n) % prime) powers.add(power);
  return powers;
}

function primesBelow(limit: number): readonly bigint[] {
  const primes: bigint[] = [];
  for (let n = 2n; n < BigInt(limit); n++) {
    if (primes.every((prime) => n % prime !== 0n)) primes.push(n);
  }
  return primes;
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
}
