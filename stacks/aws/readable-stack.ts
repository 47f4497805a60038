import { TerraformElement, TerraformStack } from "cdktf";
import type { Node } from "constructs";

/** A stack whose resource addresses are the path of construct ids without a hash: `aws_ecs_service.redis_service`. */
export abstract class ReadableStack extends TerraformStack {
  private readonly addresses = new Map<string, string>();

  /** CDKTF resolves every token here to find references to other stacks. There are none, so skip this. */
  override prepareStack(): void {}

  /** @throws Error when two constructs have the same address: CDKTF would merge them into one resource */
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
