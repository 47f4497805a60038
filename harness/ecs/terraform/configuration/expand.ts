import { type Block, type Module, moduleOf } from "./module.ts";
import { type Computed, Resolver } from "./resolver.ts";
import type { Scope } from "./scope.ts";
import { checkVariables } from "./template-checks.ts";
import type { WrittenModule } from "./written-module.ts";

/**
 * The resources of a root module and of the modules that it calls, with one block for each instance.
 * @throws HarnessError for an invalid `count`, `for_each` or variable, and for an instance that only AWS knows
 */
export function expanded(root: WrittenModule, computed: Computed): Module {
  const resolver = new Resolver({ root, blocks: new Map() }, computed);
  const blocks = blocksIn(resolver.root, resolver);
  checkVariables(resolver.root);
  return moduleOf(root, blocks);
}

const blocksIn = (scope: Scope, resolver: Resolver): Block[] => [
  ...[...scope.module.resources.keys()].flatMap((name) => resolver.instancesOf(scope, name)),
  ...scope.children().flatMap((child) => blocksIn(child, resolver)),
];
