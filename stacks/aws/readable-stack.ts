import { TerraformElement, TerraformStack } from "cdktf";
import type { Node } from "constructs";

/** A stack whose addresses read as the tree of constructs, `aws_ecs_service.redis_service`, without a hash. */
export abstract class ReadableStack extends TerraformStack {
  private readonly addresses = new Map<string, string>();

  /** CDKTF looks here for references to other stacks, resolving every token once more. There are none. */
  override prepareStack(): void {}

  /** @throws Error when two constructs would share an address: they would silently become one resource */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const ids = node.scopes.slice(this.node.scopes.length).map((scope) => scope.node.id);
    const address = ids.join("_").replaceAll("-", "_");
    const owner = this.addresses.get(address) ?? node.path;
    if (owner !== node.path) throw new Error(`${node.path} and ${owner} are both ${address}`);
    this.addresses.set(address, owner);
    return address;
  }
}
