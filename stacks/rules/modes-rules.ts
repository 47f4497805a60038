import { finding, type Rule } from "./rule.ts";
import { hostGroupsOf, ingressInto, isFrom } from "./security-groups.ts";
import { allContainersOf, redisTasksOf, sharesHostNetwork, type Task, tasksOf } from "./tasks.ts";
import { at, blocks, type Resource, type Template, text, texts } from "./template.ts";

const networkConfiguration: Rule = {
  id: "awsvpc-network-configuration",
  title:
    "A service in awsvpc mode has subnets and security groups but no public address. In other modes it has no network configuration",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html",
  remedy:
    "network_configuration with subnets, security_groups and assign_public_ip = false for awsvpc, else none",
  *check(template) {
    for (const task of tasksOf(template)) {
      for (const service of task.services) {
        const network = service.body["network_configuration"];
        const isSet =
          texts(at(network, "subnets")).length > 0 &&
          texts(at(network, "security_groups")).length > 0 &&
          at(network, "assign_public_ip") !== true;
        if (sharesHostNetwork(task) ? network !== undefined : !isSet) {
          yield finding(service, "network_configuration");
        }
      }
    }
  },
};

const hostPorts: Rule = {
  id: "host-ports-fit-mode",
  title: "In bridge mode the host port is dynamic. In the other modes it is the container's port",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html",
  remedy: "hostPort 0 with bridge, hostPort equal to containerPort with host and awsvpc",
  *check(template) {
    for (const { definition, field, body } of allContainersOf(template)) {
      const isBridge = (definition.body["network_mode"] ?? "bridge") === "bridge";
      for (const [index, { hostPort, containerPort }] of blocks(body["portMappings"]).entries()) {
        if (hostPort === (isBridge ? 0 : containerPort)) continue;
        yield finding(definition, `${field}.portMappings.${index}.hostPort`, hostPort);
      }
    }
  },
};

function targetGroups(template: Template, { services }: Task): readonly Resource[] {
  return services.flatMap(({ body }) =>
    blocks(body["load_balancer"]).flatMap(
      (target) => template.find(target["target_group_arn"]) ?? [],
    ),
  );
}

const targetType: Rule = {
  id: "target-type-fits-mode",
  title:
    "A load balancer's targets are addresses in awsvpc mode and instances otherwise. A change of the type creates the new group before it destroys the old one",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",
  remedy:
    "target_type ip for awsvpc, with a name that ends with -ip, else instance; lifecycle.create_before_destroy",
  *check(template) {
    for (const task of tasksOf(template)) {
      const wanted = sharesHostNetwork(task) ? "instance" : "ip";
      for (const group of targetGroups(template, task)) {
        if (group.body["target_type"] !== wanted) yield finding(group, "target_type");
        if (text(group.body["name"]).endsWith("-ip") !== (wanted === "ip")) {
          yield finding(group, "name");
        }
        if (at(group.body, "lifecycle.create_before_destroy") !== true) {
          yield finding(group, "lifecycle.create_before_destroy");
        }
      }
    }
  },
};

const hostPortAlone: Rule = {
  id: "host-port-taken-once",
  title:
    "A task with a fixed host port stops before the next one starts, because two tasks cannot use one port",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-networkmode-host.html",
  remedy:
    "deployment_maximum_percent 100 and a minimum that allows at least one task to stop, for network_mode host with ports",
  *check(template) {
    for (const { definition, containers, services } of tasksOf(template)) {
      const takesPort = containers.some(({ body }) => blocks(body["portMappings"]).length > 0);
      if (definition.body["network_mode"] !== "host" || !takesPort) continue;
      for (const service of services) {
        const count = Number(service.body["desired_count"]);
        const kept = Math.ceil(
          (count * Number(service.body["deployment_minimum_healthy_percent"])) / 100,
        );
        if (kept >= count) yield finding(service, "deployment_minimum_healthy_percent");
        if (service.body["deployment_maximum_percent"] !== 100) {
          yield finding(service, "deployment_maximum_percent");
        }
      }
    }
  },
};

const reachesRedis: Rule = {
  id: "tasks-reach-redis",
  title: "Tasks in awsvpc mode may connect to Redis on its host's dynamic ports",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
  remedy:
    "an ingress rule of the hosts' security group for its range of dynamic ports, from the tasks' group",
  *check(template) {
    if (redisTasksOf(template).length === 0) return;
    const hosts = hostGroupsOf(template);
    for (const service of template.all("aws_ecs_service")) {
      const groups = texts(at(service.body["network_configuration"], "security_groups"));
      if (groups.length === 0 || hosts.length === 0) continue;
      const isLetIn = ingressInto(template, hosts).some((rule) => isFrom(rule, groups));
      if (!isLetIn) yield finding(service, "network_configuration.security_groups", groups);
    }
  },
};

const desiredCountIgnored: Rule = {
  id: "desired-count-ignored",
  title: "With autoscaling, Terraform does not reset the number of tasks",
  source:
    "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service#ignoring-changes-to-desired-count",
  remedy:
    "ignore_changes with desired_count on the service of an aws_appautoscaling_target, desired_count equal to min_capacity, and min_capacity at most max_capacity",
  *check(template) {
    for (const target of template.all("aws_appautoscaling_target")) {
      const { min_capacity: min, max_capacity: max, resource_id: id } = target.body;
      if (Number(min) > Number(max)) yield finding(target, "min_capacity");
      const reference = /\$\{(aws_ecs_service\.\w+)\.name\}$/.exec(text(id))?.[1];
      const service = template.find(reference);
      if (service === undefined) {
        yield finding(target, "resource_id");
        continue;
      }
      const ignored = texts(at(service.body, "lifecycle.ignore_changes"));
      if (!ignored.includes("desired_count")) yield finding(service, "lifecycle.ignore_changes");
      if (service.body["desired_count"] !== min) yield finding(service, "desired_count");
    }
  },
};

/** Network modes: services, ports and target groups. Autoscaling. */
export const modeRules: readonly Rule[] = [
  networkConfiguration,
  hostPorts,
  targetType,
  hostPortAlone,
  reachesRedis,
  desiredCountIgnored,
];
