import {
  at,
  blocks,
  type Resource,
  isAbout,
  statements,
  type Template,
  text,
  texts,
} from "../../stacks/rules/template.ts";
import { redisServicesOf, redisTasksOf, type Task, tasksOf } from "../../stacks/rules/tasks.ts";

/**
 * A Mermaid flowchart of one environment, from its synthesized JSON. A solid arrow is a connection that a
 * security group allows, with its ports. A dotted arrow goes through an AWS API or DNS. Existing resources
 * appear only as names.
 */
export function diagram(template: Template): string {
  return ["flowchart LR", ...nodes(template), ...connections(template), ...lookups(template)].join(
    "\n",
  );
}

function nodes(template: Template): string[] {
  const [vpc] = template.all("aws_vpc");
  const title = vpc === undefined ? "existing VPC" : `VPC ${text(vpc.body["cidr_block"])}`;
  return [
    ...block("vpc", title, [
      ...template
        .all("aws_lb")
        .map((lb) => node(lb, ["load balancer", lb.body["name"], listeners(template)])),
      ...template.all("aws_nat_gateway").map((nat) => node(nat, ["NAT gateway"])),
      ...endpoints(template),
      ...block(
        "hosts",
        hostsTitle(template),
        tasksOf(template).flatMap((task) => service(task, template)),
      ),
      ...template
        .all("aws_efs_file_system")
        .map((fs) => `${idOf(fs)}[("${lines(["EFS", at(fs.body, "tags.Name")])}")]`),
      ...template
        .all("aws_elasticache_replication_group")
        .map((group) => `${idOf(group)}[("${lines(nodesOf(group))}")]`),
    ]),
    ...template
      .all("aws_service_discovery_service")
      .map((map) =>
        node(map, [
          "Cloud Map",
          `${text(map.body["name"])}.${namespace(template, map)}`,
          records(map),
        ]),
      ),
  ];
}

function block(id: string, title: string, inside: readonly string[]): string[] {
  return [`  subgraph ${id}["${title}"]`, ...inside.map((line) => `  ${indented(line)}`), "  end"];
}

function indented(line: string): string {
  return line.startsWith(" ") ? line : `  ${line}`;
}

function node(resource: Resource, label: readonly unknown[]): string {
  return `  ${idOf(resource)}["${lines(label)}"]`;
}

function idOf({ address }: Resource): string {
  return address.replaceAll(".", "_");
}

function lines(label: readonly unknown[]): string {
  return label
    .map((line) => text(line))
    .filter((line) => line !== "")
    .join("<br>");
}

function listeners(template: Template): string {
  return template
    .all("aws_lb_listener")
    .map(({ body }) => `${text(body["protocol"])} ${String(body["port"])}`)
    .join(", ");
}

function endpoints(template: Template): string[] {
  const all = template.all("aws_vpc_endpoint");
  const names = all.map(({ body }) =>
    text(body["service_name"]).replace(/^com\.amazonaws\.[^.]+\./, ""),
  );
  return names.length === 0 ? [] : [`  endpoints["VPC endpoints<br>${names.join("<br>")}"]`];
}

function hostsTitle(template: Template): string {
  const [group] = template.all("aws_autoscaling_group");
  if (group === undefined) return "existing cluster";
  const launch = template.find(at(group.body, "launch_template.id"));
  const { min_size: least, max_size: most } = group.body;
  const zones = texts(group.body["vpc_zone_identifier"])
    .map((subnet) => text(template.find(subnet)?.body["availability_zone"]))
    .filter((zone) => zone !== "");
  const type = text(launch?.body["instance_type"]);
  return lines([`hosts: ${String(least)} to ${String(most)} × ${type}`, zones.join(", ")]);
}

function service(task: Task, template: Template): string[] {
  const isRedis = redisTasksOf(template).some((each) => each.definition === task.definition);
  const memory = task.containers.map(({ body }) => `${String(body["memory"])} MiB`).join(" + ");
  return task.services.map((each) => {
    const count = String(each.body["desired_count"]);
    const label = lines([each.body["name"], `${count} × ${memory}`]);
    return isRedis ? `  ${idOf(each)}[("${label}")]` : `  ${idOf(each)}["${label}"]`;
  });
}

function nodesOf({ body }: Resource): string[] {
  const count = `${String(body["num_cache_clusters"])} × ${text(body["node_type"])}`;
  return ["ElastiCache", text(body["replication_group_id"]), count];
}

function namespace(template: Template, map: Resource): string {
  const reference = at(map.body, "dns_config.namespace_id");
  return text(template.find(reference)?.body["name"] ?? reference);
}

function records(map: Resource): string {
  return blocks(at(map.body, "dns_config.dns_records"))
    .map(({ type, ttl }) => `${text(type)}, TTL ${String(ttl)} s`)
    .join(", ");
}

/** One arrow for each ingress rule, from the client to the server. */
function connections(template: Template): string[] {
  const arrows = template.all("aws_vpc_security_group_ingress_rule").flatMap(({ body }) => {
    const from = sources(template, body);
    const to = ownersOf(template, body["security_group_id"]);
    const ports = range(body["from_port"], body["to_port"]);
    return from.flatMap((one) =>
      to.flatMap((other) => (one === other ? among(template, ports) : [arrow(one, other, ports)])),
    );
  });
  return [...new Set(arrows)];
}

function sources(template: Template, body: Resource["body"]): string[] {
  const { referenced_security_group_id: group, cidr_ipv4: cidr } = body;
  if (group !== undefined) return ownersOf(template, group);
  const [vpc] = template.all("aws_vpc");
  return cidr === vpc?.body["cidr_block"] ? ["vpc"] : [`clients(("clients<br>${text(cidr)}"))`];
}

/** The resources with a security group: hosts, the load balancer, the file system, endpoints. */
function ownersOf(template: Template, group: unknown): string[] {
  const has = (value: unknown) => texts(value).includes(String(group));
  const owners = [
    ...template
      .all("aws_launch_template")
      .flatMap(({ body }) => (has(body["vpc_security_group_ids"]) ? ["hosts"] : [])),
    ...template.all("aws_lb").flatMap((lb) => (has(lb.body["security_groups"]) ? [idOf(lb)] : [])),
    ...template
      .all("aws_ecs_service")
      .flatMap((each) =>
        has(at(each.body["network_configuration"], "security_groups")) ? [idOf(each)] : [],
      ),
    ...template.all("aws_efs_mount_target").flatMap(({ body }) => {
      const fileSystem = template.find(body["file_system_id"]);
      return has(body["security_groups"]) && fileSystem !== undefined ? [idOf(fileSystem)] : [];
    }),
    ...template
      .all("aws_elasticache_replication_group")
      .flatMap((each) => (has(each.body["security_group_ids"]) ? [idOf(each)] : [])),
    ...template
      .all("aws_vpc_endpoint")
      .flatMap(({ body }) => (has(body["security_group_ids"]) ? ["endpoints"] : [])),
  ];
  const isMade = template.find(group) !== undefined;
  return isMade
    ? [...new Set(owners)]
    : [`${String(group).replaceAll("-", "_")}["${String(group)}"]`];
}

/** Hosts that may connect to each other: the app's tasks connect to Redis. */
function among(template: Template, ports: string): string[] {
  const redis = redisServicesOf(template);
  const others = tasksOf(template)
    .flatMap(({ services }) => services)
    .filter((each) => !redis.includes(each));
  return others.flatMap((from) => redis.map((to) => arrow(idOf(from), idOf(to), ports)));
}

function arrow(from: string, to: string, label: string): string {
  return `  ${from} -->|${label}| ${to}`;
}

function range(from: unknown, to: unknown): string {
  return from === to ? String(from) : `${String(from)} to ${String(to)}`;
}

/** The services that register in Cloud Map, and those that may query it. */
function lookups(template: Template): string[] {
  const maps = template.all("aws_service_discovery_service");
  const registered = template.all("aws_ecs_service").flatMap((each) =>
    blocks(each.body["service_registries"]).flatMap(({ registry_arn }) => {
      const map = template.find(registry_arn);
      return map === undefined ? [] : [`  ${idOf(each)} -. registers .-> ${idOf(map)}`];
    }),
  );
  const asking = tasksOf(template).flatMap((task) => {
    const role = template.find(task.definition.body["task_role_arn"])?.address;
    const asks = template
      .all("aws_iam_role_policy")
      .filter(({ body }) => template.find(body["role"])?.address === role)
      .flatMap(({ body }) => statements(body["policy"]))
      .some((each) => isAbout(each, "servicediscovery:DiscoverInstances"));
    return asks ? task.services : [];
  });
  return [
    ...registered,
    ...asking.flatMap((each) => maps.map((map) => `  ${idOf(each)} -. looks up .-> ${idOf(map)}`)),
  ];
}
