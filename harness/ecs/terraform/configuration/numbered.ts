import type { Block } from "./module.ts";

/** The instances of a block with a count. */
export function numbered(block: Block, count: number): Block[] {
  const { count: _count, ...rest } = block.arguments;
  return Array.from({ length: count }, (_, index) => ({
    ...block,
    address: `${block.address}[${index}]`,
    arguments: rest,
    index,
  }));
}
