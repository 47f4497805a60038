import { describe, expect, it } from "vitest";
import { diagram } from "../../../tools/docs/diagram.ts";
import { Template } from "../../../stacks/rules/template.ts";
import { devWith, existingParts, onElastiCache } from "../../stacks/support/template.ts";

const created = devWith().json;
const lines = diagram(new Template(created)).split("\n");

describe("the diagram of an environment", () => {
  it("shows network, load balancer, hosts, services, file system and discovery", () => {
    const labels = lines.map((line) => /[[(]+"(.+)"/.exec(line)?.[1]).filter((each) => each);
    expect(labels).toEqual(
      expect.arrayContaining([
        "VPC 10.0.0.0/16",
        "load balancer<br>dev-app<br>HTTP 80",
        "hosts: 2 to 4 × t3.small<br>eu-west-1a, eu-west-1b",
        "dev-app<br>2 × 256 MiB",
        "dev-redis<br>1 × 512 MiB",
        "EFS<br>dev-redis",
        "Cloud Map<br>dev-redis.dev-ecs<br>SRV, TTL 10 s",
      ]),
    );
  });

  it("has an arrow for each connection that a security group allows", () => {
    const ways = lines.filter((line) => line.includes("-->")).map((line) => line.trim());
    expect(ways).toEqual(
      expect.arrayContaining([
        'clients(("clients<br>0.0.0.0/0")) -->|80| aws_lb_load_balancer_alb',
        "aws_lb_load_balancer_alb -->|40000 to 49999| hosts",
        "aws_ecs_service_app_service -->|40000 to 49999| aws_ecs_service_redis_service",
        "hosts -->|2049| aws_efs_file_system_storage_efs",
      ]),
    );
  });

  it("shows which services register and look up names", () => {
    expect(lines.filter((line) => line.includes("-.")).map((line) => line.trim())).toEqual([
      "aws_ecs_service_redis_service -. registers .-> aws_service_discovery_service_discovery_redis",
      "aws_ecs_service_app_service -. looks up .-> aws_service_discovery_service_discovery_redis",
    ]);
  });

  it("shows existing resources by name", () => {
    const text = diagram(new Template(devWith(existingParts).json));
    expect(text).toContain('subgraph vpc["existing VPC"]');
    expect(text).toContain('subgraph hosts["existing cluster"]');
    expect(text).toContain('-->|32768 to 49000| sg_01["sg-01"]');
  });

  it("shows ElastiCache and its clients", () => {
    const text = diagram(new Template(devWith(onElastiCache).json));
    expect(text).toMatch(
      /aws_elasticache_replication_group_elasticache_group\[\("ElastiCache<br>dev-redis<br>\d × cache\.[\w.]+"\)\]/,
    );
    expect(text).toContain("-->|6379| aws_elasticache_replication_group_elasticache_group");
  });

  it("is valid Mermaid: all blocks end, and all nodes of arrows are declared", () => {
    const declared = new Set(
      lines.flatMap((line) => /^ *(?:subgraph )?(\w+)[[(]/.exec(line)?.[1] ?? []),
    );
    expect(lines.filter((line) => /^ *subgraph/.test(line)).length).toBe(
      lines.filter((line) => /^ *end$/.test(line)).length,
    );
    for (const line of lines.filter((each) => /--?>|\.->/.test(each))) {
      const [from = "", to = ""] = line
        .trim()
        .split(/(?:\(\(.*\)\))? (?:-->\|[^|]+\||-\. [a-z ]+ \.->) /);
      expect([...declared], line).toEqual(expect.arrayContaining([from, to]));
    }
  });
});
