import { hostTemplates, userData } from "./host-templates.ts";
import { fieldOf, finding, type Rule } from "./rule.ts";
import { groupsOf, ingressInto, isFrom, opensOnly, opensSome } from "./security-groups.ts";
import { at, type Resource } from "./template.ts";

const onePortRange: Rule = {
  id: "one-port-range",
  title:
    "Security groups open exactly the hosts' dynamic port range. In bridge mode, tasks use the hosts' security groups",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html",
  remedy:
    "the same range in ECS_DYNAMIC_HOST_PORT_RANGE in the user data and in from_port and to_port of the hosts' rules",
  *check(template) {
    for (const hosts of hostTemplates(template)) {
      const range = /^ECS_DYNAMIC_HOST_PORT_RANGE=(\d+)-(\d+)$/m.exec(userData(hosts));
      if (range === null) {
        yield finding(hosts, "user_data", userData(hosts));
        continue;
      }
      const [from, to] = [Number(range[1]), Number(range[2])];
      const groups = groupsOf(hosts);
      const rules = ingressInto(template, groups);
      if (!rules.some((rule) => opensOnly(rule, from, to) && isFrom(rule, groups))) {
        yield finding(hosts, "vpc_security_group_ids", `no rule for ${from} to ${to} among hosts`);
      }
      yield* rules
        .filter((rule) => isForTasks(rule) && opensSome(rule, from, to))
        .filter((rule) => !opensOnly(rule, from, to))
        .map((rule) => finding(rule, "from_port"));
    }
  },
};

/** Whether a rule is for tasks or a load balancer. */
function isForTasks({ body }: Resource): boolean {
  return body["referenced_security_group_id"] !== undefined;
}

const portsReserved: Rule = {
  id: "ports-reserved",
  title:
    "No outgoing connection of a host takes a dynamic port: the agent chooses a port, Docker binds it later, and a container that is restarted in place binds it again",
  source: "https://docs.kernel.org/networking/ip-sysctl.html",
  remedy:
    "net.ipv4.ip_local_reserved_ports in the user data with the range of ECS_DYNAMIC_HOST_PORT_RANGE",
  *check(template) {
    for (const hosts of hostTemplates(template)) {
      const script = userData(hosts);
      const range = /^ECS_DYNAMIC_HOST_PORT_RANGE=(\d+-\d+)$/m.exec(script)?.[1];
      const reserved = /^net\.ipv4\.ip_local_reserved_ports ?= ?(\S+)$/m.exec(script)?.[1];
      if (range !== undefined && reserved !== range) yield finding(hosts, "user_data", script);
    }
  },
};

const metadataVersion: Rule = {
  id: "metadata-hop-limit",
  title:
    "Containers in bridge mode cannot reach the instance metadata, so they cannot use the hosts' role",
  source:
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
  remedy: "metadata_options with http_tokens required and http_put_response_hop_limit 1",
  check: fieldOf("aws_launch_template", "metadata_options", (options) => {
    const isRequired = at(options, "http_tokens") === "required";
    return isRequired && at(options, "http_put_response_hop_limit") === 1;
  }),
};

const imageAtStart: Rule = {
  id: "image-at-start",
  title: "A new machine image does not replace hosts in an unrelated plan",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html",
  remedy:
    "an image_id of resolve:ssm:..., which is resolved when a host starts, or a fixed ami-...; no data source",
  check: fieldOf("aws_launch_template", "image_id", (image) =>
    /^(resolve:ssm:\/|ami-)/.test(String(image)),
  ),
};

const overcommit: Rule = {
  id: "hosts-overcommit",
  title:
    "Hosts allow memory overcommit, so that Redis can fork on a host with half of its memory in use. ECS cannot set this for a container",
  source: "https://redis.io/docs/latest/operate/oss_and_stack/management/admin/",
  remedy: "vm.overcommit_memory = 1 in the hosts' user data",
  check: (template) =>
    hostTemplates(template)
      .filter((hosts) => !/vm\.overcommit_memory ?= ?1\b/.test(userData(hosts)))
      .map((hosts) => finding(hosts, "user_data", userData(hosts))),
};

const disksEncrypted: Rule = {
  id: "disks-encrypted",
  title:
    "The hosts' disks are encrypted and deleted with their host, because containers write data to them",
  source: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
  remedy: "block_device_mappings.ebs with encrypted and delete_on_termination, both true",
  check: fieldOf("aws_launch_template", "block_device_mappings.ebs", (disk) =>
    ["encrypted", "delete_on_termination"].every((field) => String(at(disk, field)) === "true"),
  ),
};

const terminationProtection: Rule = {
  id: "termination-protection",
  title:
    "Scale-in terminates only hosts without tasks. Without managed termination protection, it can terminate any host, including that of Redis",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoScalingGroupProvider.html",
  remedy:
    "managed_termination_protection ENABLED, with managed_scaling ENABLED and the group's protect_from_scale_in, which AWS requires",
  *check(template) {
    for (const provider of template.all("aws_ecs_capacity_provider")) {
      const group = at(provider.body, "auto_scaling_group_provider");
      const hosts = template.find(at(group, "auto_scaling_group_arn"));
      const isOn = at(group, "managed_termination_protection") === "ENABLED";
      const isScaled = at(group, "managed_scaling.status") === "ENABLED";
      const isKept = hosts === undefined || hosts.body["protect_from_scale_in"] === true;
      if (!isOn || !isScaled || !isKept) {
        yield finding(provider, "auto_scaling_group_provider.managed_termination_protection");
      }
    }
  },
};

const hostsForced: Rule = {
  id: "hosts-forced-unless-protected",
  title:
    "The hosts' group is deleted by force in an unprotected environment: otherwise hosts that are protected from scale-in would block the destroy",
  source: "https://github.com/aws/aws-cdk/issues/18179",
  remedy: "force_delete = true in an unprotected environment, false or not set in a protected one",
  check: fieldOf(
    "aws_autoscaling_group",
    "force_delete",
    (force, subject) => (force === true) === !subject.protected,
  ),
};

/** The EC2 hosts of a created cluster: image, metadata, ports, disks and termination. */
export const hostRules: readonly Rule[] = [
  onePortRange,
  portsReserved,
  metadataVersion,
  imageAtStart,
  overcommit,
  disksEncrypted,
  terminationProtection,
  hostsForced,
];
