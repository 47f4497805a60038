/** Length of a message header (RFC 1035, section 4.1.1). */
export const HEADER_BYTES = 12;
/** Length of type and class in a question, and of type, class, TTL and data length in a record (sections 4.1.2 and 4.1.3). */
const QUESTION_BYTES = 4;
const RECORD_BYTES = 10;
/** The two high bits that mark two bytes as a pointer to an earlier name (section 4.1.4). */
const POINTER = 0xc0;
/** Number of labels in the longest possible name: no valid name needs more pointers. */
const MAX_POINTERS = 127;

/** Where the records of a message are, according to its counts and their lengths. */
export interface Layout {
  /** Offset of each record's type. */
  readonly types: readonly number[];
  /** Where the last record ends. */
  readonly end: number;
}

/**
 * Walks through the records of a message without reading them.
 *
 * @returns undefined if it has fewer records than it claims: 100 bytes can claim 65 535 questions and 196 605 records
 */
export function layoutOf(message: Buffer): Layout | undefined {
  let at = HEADER_BYTES;
  for (let left = message.readUInt16BE(4); left > 0; left--) {
    if (at >= message.length) return undefined;
    at = afterName(message, at) + QUESTION_BYTES;
  }
  const types: number[] = [];
  const count = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10);
  while (types.length < count) {
    const type = afterName(message, at);
    if (type + RECORD_BYTES > message.length) return undefined;
    types.push(type);
    at = type + RECORD_BYTES + message.readUInt16BE(type + RECORD_BYTES - 2);
  }
  return at > message.length ? undefined : { types, end: at };
}

function afterName(message: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const length = message[at] ?? 0;
    if (length === 0) return at + 1;
    if (length >= POINTER) return at + 2;
    at += 1 + length;
  }
}

/**
 * Whether a message has a very long chain of pointers to pointers. Following thousands of them for
 * each name in 64 KB would block the process for a second. Everything that looks like a pointer is
 * treated as one; other bytes do not form such a chain of 127 by chance.
 */
export function hasPointerChain(message: Uint8Array): boolean {
  const lengths = new Uint8Array(message.length);
  for (let at = 0; at + 1 < message.length; at++) {
    const high = message[at] ?? 0;
    if (high < POINTER) continue;
    const target = ((high - POINTER) << 8) | (message[at + 1] ?? 0);
    // Positions ahead have no length yet, which is fine: the decoder follows no forward pointer.
    const length = (lengths[target] ?? 0) + 1;
    if (length > MAX_POINTERS) return true;
    lengths[at] = length;
  }
  return false;
}
