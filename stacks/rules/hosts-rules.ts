import { hostTemplates, userData } from "./host-templates.ts";
import { fieldOf, finding, type Rule } from "./rule.ts";
import { groupsOf, ingressInto, isFrom, opensOnly, opensSome } from "./security-groups.ts";
import { at, type Resource } from "./template.ts";

const onePortRange: Rule = {
  id: "one-port-range",
  title:
    "Security groups open the same range of ports that the hosts give out: in bridge mode they belong to the hosts",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html",
  remedy:
    "ECS_DYNAMIC_HOST_PORT_RANGE in user data, and from_port and to_port of the hosts' rules, from one constant",
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

const metadataVersion: Rule = {
  id: "metadata-out-of-reach",
  title: "Containers cannot reach the hosts' metadata, and so not the hosts' role",
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
  title: "A new machine image replaces no host in an unrelated plan",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html",
  remedy:
    "image_id as resolve:ssm:... , which a host resolves when it starts, or a pinned ami-...; no data source",
  check: fieldOf("aws_launch_template", "image_id", (image) =>
    /^(resolve:ssm:\/|ami-)/.test(String(image)),
  ),
};

const overcommit: Rule = {
  id: "hosts-overcommit",
  title:
    "Hosts allow memory overcommit, so that Redis can fork on a half full host: ECS cannot set this for a container",
  source: "https://redis.io/docs/latest/operate/oss_and_stack/management/admin/",
  remedy: "vm.overcommit_memory = 1 in the hosts' user data",
  check: (template) =>
    hostTemplates(template)
      .filter((hosts) => !/vm\.overcommit_memory ?= ?1\b/.test(userData(hosts)))
      .map((hosts) => finding(hosts, "user_data", userData(hosts))),
};

const disksEncrypted: Rule = {
  id: "disks-encrypted",
  title: "The hosts' disks are encrypted and are deleted with their host: containers write to them",
  source: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
  remedy: "block_device_mappings.ebs with encrypted and delete_on_termination, both true",
  check: fieldOf("aws_launch_template", "block_device_mappings.ebs", (disk) =>
    ["encrypted", "delete_on_termination"].every((field) => String(at(disk, field)) === "true"),
  ),
};

const terminationProtection: Rule = {
  id: "termination-protection",
  title:
    "Scale-in ends only hosts without tasks, in every environment: without managed termination protection it can end any host, also that of Redis",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoScalingGroupProvider.html",
  remedy:
    "managed_termination_protection ENABLED, with managed_scaling ENABLED and protect_from_scale_in of the group, which AWS requires beside it",
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
    "Hosts that are protected from scale-in end with their group only when it is forced: an unprotected environment can be destroyed",
  source: "https://github.com/aws/aws-cdk/issues/18179",
  remedy: "force_delete true in an unprotected environment, false or left out in a protected one",
  check: fieldOf(
    "aws_autoscaling_group",
    "force_delete",
    (force, subject) => (force === true) === !subject.protected,
  ),
};

/** The EC2 hosts of a created cluster: image, metadata, ports and how they end. */
export const hostRules: readonly Rule[] = [
  onePortRange,
  metadataVersion,
  imageAtStart,
  overcommit,
  disksEncrypted,
  terminationProtection,
  hostsForced,
];
