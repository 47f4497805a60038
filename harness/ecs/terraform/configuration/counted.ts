import { numbered, type Block, type Module } from "./module.ts";
import type { Resolver } from "./resolver.ts";

/**
 * Expands `count`: returns the module with the counted number of each block, and with dependencies on all of
 * them.
 * https://developer.hashicorp.com/terraform/language/meta-arguments/count
 * @throws HarnessError for an invalid count, or one that only AWS knows
 */
export function counted(module: Module, resolver: Resolver): Module {
  const instances = new Map<string, readonly Block[]>();
  for (const block of module.blocks.values()) {
    const count = resolver.count(block);
    if (count !== undefined) instances.set(block.address, numbered(block, count));
  }
  const all = [...module.blocks.values()].flatMap(
    (block) => instances.get(block.address) ?? [block],
  );
  const addresses = all.map(({ address }) => address);
  const blocks = all.map((block) => withDependencies(block, addresses));
  return {
    ...module,
    blocks: new Map(blocks.map((block) => [block.address, block])),
    counted: new Map([...module.counted, ...instances]),
  };
}

/**
 * A dependency on a module becomes one on everything in it; a dependency on a counted block becomes one on each
 * instance.
 */
function withDependencies(block: Block, addresses: readonly string[]): Block {
  const { depends_on: needed } = block.arguments;
  if (!Array.isArray(needed)) return block;
  const all = needed.flatMap((name: unknown) => {
    if (typeof name !== "string" || addresses.includes(name)) return [name];
    const parts = addresses.filter(
      (each) => each.startsWith(`${name}.`) || each.startsWith(`${name}[`),
    );
    return parts.length > 0 ? parts : [name];
  });
  return { ...block, arguments: { ...block.arguments, depends_on: [...new Set(all)] } };
}
