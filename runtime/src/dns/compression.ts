/** The two high bits that make two bytes a pointer to an earlier name (RFC 1035, section 4.1.4). */
const POINTER = 0xc0;
/** Labels of the longest name there is: no honest one needs more pointers to be read. */
const MAX_POINTERS = 127;

/**
 * Whether pointers of a message lead to pointers, and these to others, without end in sight: to
 * follow thousands of them for each of the names in 64 KB would hold the process up for a second.
 * Whatever looks like a pointer is taken for one; other bytes do not do so 127 times in a row.
 */
export function hasPointerChain(message: Uint8Array): boolean {
  const lengths = new Uint8Array(message.length);
  for (let at = 0; at + 1 < message.length; at++) {
    const high = message[at] ?? 0;
    if (high < POINTER) continue;
    const target = ((high - POINTER) << 8) | (message[at + 1] ?? 0);
    // The decoder follows none that leads forward.
    const length = target < at ? (lengths[target] ?? 0) + 1 : 1;
    if (length > MAX_POINTERS) return true;
    lengths[at] = length;
  }
  return false;
}
