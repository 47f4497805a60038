/** Pointers to the previous pointer; the first one points to an offset. */
export function pointerChain(count: number, start: number, first: number): Buffer {
  const bytes = Buffer.alloc(count * 2);
  for (let index = 0; index < count; index++) {
    const target = index === 0 ? first : start + (index - 1) * 2;
    bytes.writeUInt16BE(0xc000 | target, index * 2);
  }
  return bytes;
}
