import { describe } from "vitest";
import { hostRules } from "../../../stacks/rules/hosts-rules.ts";
import {
  type Break,
  type Draft,
  type Kept,
  rewriteUserData as rewrite,
  testBreaks,
  testKept,
} from "../support/broken.ts";

const template = "aws_launch_template.cluster_launch_template";
const group = "aws_autoscaling_group.cluster_hosts";
const amongHosts = "aws_vpc_security_group_ingress_rule.cluster_from_hosts";
const provider = "aws_ecs_capacity_provider.cluster_capacity_provider";
const added = "aws_vpc_security_group_ingress_rule.added";

/** Adds an ingress rule of the hosts' security group. */
function open({ add, resource }: Draft, rule: object): void {
  const { security_group_id } = resource(amongHosts);
  add(added, { security_group_id, ip_protocol: "tcp", ...rule });
}

function changeProvider({ resource }: Draft, changes: object): void {
  Object.assign(resource(provider)["auto_scaling_group_provider"] as object, changes);
}

describe("the rules of the hosts", () => {
  testBreaks(hostRules, [
    [
      "one-port-range",
      `${template}.user_data`,
      (draft) => rewrite(draft, "ECS_DYNAMIC_HOST_PORT_RANGE=", "# "),
    ],
    ...[
      ["ECS_DYNAMIC_HOST_PORT_RANGE=", "#ECS_DYNAMIC_HOST_PORT_RANGE="],
      ["40000-49999", "40000-49999,50001"],
    ].map(([from = "", to = ""]): Break => [
      "one-port-range",
      `${template}.user_data`,
      (draft) => rewrite(draft, from, to),
    ]),
    ...["# ", "net.ipv4.ip_local_reserved_ports = 40000 # "].map((to): Break => [
      "ports-reserved",
      `${template}.user_data`,
      (draft) => rewrite(draft, "net.ipv4.ip_local_reserved_ports = ", to),
    ]),
    [
      "one-port-range",
      `${template}.vpc_security_group_ids`,
      ({ remove }) => remove(amongHosts),
      {},
      "no rule for 40000 to 49999 among hosts",
    ],
    ...[
      [39_000, 40_000],
      [49_999, 50_001],
    ].map(([from_port, to_port]): Break => [
      "one-port-range",
      `${added}.from_port`,
      (draft) => open(draft, { from_port, to_port, referenced_security_group_id: "sg-0other" }),
    ]),
    [
      "one-port-range",
      "aws_vpc_security_group_ingress_rule.load_balancer_hosts_0_from_here.from_port",
      ({ resource }) => {
        const rule = "aws_vpc_security_group_ingress_rule.load_balancer_hosts_0_from_here";
        resource(rule)["from_port"] = 32_768;
      },
    ],
    [
      "metadata-hop-limit",
      `${template}.metadata_options`,
      ({ resource }) =>
        Object.assign(resource(template)["metadata_options"] as object, {
          http_put_response_hop_limit: 2,
        }),
    ],
    [
      "metadata-hop-limit",
      `${template}.metadata_options`,
      ({ resource }) =>
        Object.assign(resource(template)["metadata_options"] as object, {
          http_tokens: "optional",
        }),
    ],
    [
      "image-at-start",
      `${template}.image_id`,
      ({ resource }) => (resource(template)["image_id"] = "golden-ami-7"),
    ],
    [
      "image-at-start",
      `${template}.image_id`,
      ({ resource }) => (resource(template)["image_id"] = "ecs-optimized"),
    ],
    [
      "hosts-overcommit",
      `${template}.user_data`,
      (draft) => rewrite(draft, "vm.overcommit_memory = 1", "vm.overcommit_memory = 0"),
    ],
    [
      "disks-encrypted",
      `${template}.block_device_mappings.ebs`,
      ({ resource }) => {
        const [disk] = resource(template)["block_device_mappings"] as { ebs: object }[];
        Object.assign(disk?.ebs ?? {}, { encrypted: "false" });
      },
    ],
    [
      "termination-protection",
      `${provider}.auto_scaling_group_provider.managed_termination_protection`,
      ({ resource }) => (resource(group)["protect_from_scale_in"] = false),
    ],
    [
      "termination-protection",
      `${provider}.auto_scaling_group_provider.managed_termination_protection`,
      (draft) => changeProvider(draft, { managed_termination_protection: "DISABLED" }),
    ],
    [
      "termination-protection",
      `${provider}.auto_scaling_group_provider.managed_termination_protection`,
      (draft) => changeProvider(draft, { managed_scaling: { status: "DISABLED" } }),
    ],
    [
      "hosts-forced-unless-protected",
      `${group}.force_delete`,
      ({ resource }) => (resource(group)["force_delete"] = false),
    ],
    [
      "hosts-forced-unless-protected",
      `${group}.force_delete`,
      ({ resource }) => (resource(group)["force_delete"] = true),
      { protected: true },
    ],
  ]);

  testKept([
    [
      "an ingress rule for a network, not for tasks",
      (draft) => open(draft, { from_port: 41_000, to_port: 41_000, cidr_ipv4: "10.0.0.0/8" }),
    ],
    ...[22, 50_000].map((port): Kept => [
      `an ingress rule for port ${port}, which no task gets`,
      (draft) =>
        open(draft, { from_port: port, to_port: port, referenced_security_group_id: "sg-0x" }),
    ]),
    [
      "a kernel setting without spaces",
      (draft) => rewrite(draft, "vm.overcommit_memory = 1", "vm.overcommit_memory=1"),
    ],
    [
      "a capacity provider of existing hosts",
      (draft) =>
        changeProvider(draft, { auto_scaling_group_arn: "arn:aws:autoscaling:eu-west-1:1:x" }),
    ],
  ]);
});
