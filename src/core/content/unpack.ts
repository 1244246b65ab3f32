import { constants, gunzipSync, inflateRawSync } from 'node:zlib';

/** How much may still be unpacked. All parts of one result share it, because what is small when packed may be large many times. */
export interface UnpackRoom {
  bytesLeft: number;
  /** Each try costs as much as looking through some ten kilobytes, whatever comes of it. */
  triesLeft: number;
  /** For what does not say that it is packed. */
  guessesLeft: number;
}

/** As much of one result as is looked through in some ten milliseconds. */
const BYTES_MAX = 1024 * 1024;
const TRIES_MAX = 64;
const GUESSES_MAX = 8;
/** Of one packed part: what is unpacked in one step. */
const PART_BYTES_MAX = 512 * 1024;

export function createUnpackRoom(): UnpackRoom {
  return { bytesLeft: BYTES_MAX, triesLeft: TRIES_MAX, guessesLeft: GUESSES_MAX };
}

/** What came of bytes that may be packed. `closed`: they are, and nobody knows what is in them. */
export type Unpacked =
  | { readonly kind: 'plain' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'opened'; readonly bytes: Uint8Array };

const PLAIN: Unpacked = { kind: 'plain' };
const CLOSED: Unpacked = { kind: 'closed' };

/**
 * Opens gzip (RFC 1952), zlib (RFC 1950) and bare deflate (RFC 1951), also where the end is missing. Only gzip says for certain what it is;
 * what looks like one of the others and does not open is something else.
 */
export function unpack(bytes: Uint8Array, room: UnpackRoom): Unpacked {
  if (bytes.length < PACKED_BYTES_MIN) return PLAIN;
  if (isGzip(bytes)) return open(gunzipSync, bytes, room) ?? CLOSED;
  // The checksum at its end says nothing that matters here.
  if (isZlib(bytes)) return open(inflateRawSync, bytes.subarray(ZLIB_HEADER_BYTES), room) ?? PLAIN;
  if (!mayBeDeflate(bytes) || room.guessesLeft === 0) return PLAIN;
  room.guessesLeft -= 1;
  return open(inflateRawSync, bytes, room) ?? PLAIN;
}

/** What is shorter holds no secret. */
const PACKED_BYTES_MIN = 18;
const ZLIB_HEADER_BYTES = 2;
/** Nothing of this length is a digest, a signature or an identifier, which are as random. */
const DEFLATE_BYTES_MIN = 513;

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
}

/** RFC 1950 §2.2: the method is 8, the window at most 32 kB, no dictionary, and both bytes together are a multiple of 31. */
function isZlib([method = 0, flags = 0]: Uint8Array): boolean {
  return (method & 0x0f) === 8 && method >> 4 <= 7 && (flags & 0x20) === 0 && ((method << 8) | flags) % 31 === 0;
}

/** RFC 1951 §3.2.3: a first block with codes of its own, which every text has that is worth packing. */
function mayBeDeflate(bytes: Uint8Array): boolean {
  return bytes.length >= DEFLATE_BYTES_MIN && (((bytes[0] ?? 0) >> 1) & 3) === 2;
}

type Inflate = (
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number; readonly finishFlush: number },
) => Uint8Array;

/** `null`: this is not packed, or broken. */
function open(inflate: Inflate, bytes: Uint8Array, room: UnpackRoom): Unpacked | null {
  if (room.triesLeft === 0 || room.bytesLeft === 0) return CLOSED;
  room.triesLeft -= 1;
  const maxOutputLength = Math.min(PART_BYTES_MAX, room.bytesLeft);
  try {
    // As it is at the end of what was cut off.
    const opened = inflate(bytes, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
    room.bytesLeft -= opened.length;
    return opened.length === 0 ? null : { kind: 'opened', bytes: opened };
  } catch (error) {
    if (!isTooLarge(error)) return null;
    room.bytesLeft -= maxOutputLength;
    return CLOSED;
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
