import type { Block } from "../../configuration/module.ts";
import { parseSymbol } from "../../expression/symbol.ts";
import { isRecord } from "../configuration/expression-of.ts";

/**
 * Target groups whose health check names the port that tasks with their own address listen on: that is the port of the
 * traffic. Another port is refused later.
 */
export function withTrafficPorts(blocks: readonly Block[]): readonly Block[] {
  const ports = new Map<string, Set<string>>();
  for (const { type, arguments: given } of blocks) {
    const balancers: unknown[] =
      type === "aws_ecs_service" ? [given["load_balancer"] ?? []].flat() : [];
    for (const balancer of balancers.filter(isRecord)) {
      const group = parseSymbol(String(balancer["target_group_arn"]))?.address ?? "";
      const known = ports.get(group) ?? new Set();
      ports.set(group, known.add(String(balancer["container_port"])));
    }
  }
  return blocks.map((block) => withTrafficPort(block, ports.get(block.address)));
}

function withTrafficPort(block: Block, ports: ReadonlySet<string> | undefined): Block {
  const [check, ...more]: unknown[] = [block.arguments["health_check"] ?? []].flat();
  const isOfTasks = block.type === "aws_lb_target_group" && block.arguments["target_type"] === "ip";
  if (!isOfTasks || !isRecord(check) || more.length > 0) return block;
  const [only, ...others] = ports ?? [];
  if (only === undefined || others.length > 0 || String(check["port"]) !== only) return block;
  const health_check = [{ ...check, port: "traffic-port" }];
  return { ...block, arguments: { ...block.arguments, health_check } };
}
