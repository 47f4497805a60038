import type { Block, Module } from "./module.ts";
import { numbered } from "./numbered.ts";
import type { Resolver } from "./resolver.ts";

/**
 * A module with as many blocks of each as its `count` says, and with dependencies on all of them.
 * https://developer.hashicorp.com/terraform/language/meta-arguments/count
 * @throws HarnessError for a count that is none, or that only AWS knows
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

/** A dependency on a module is one on all that is in it, and one on a counted block on all of its number. */
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
