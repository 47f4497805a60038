import { describe } from "vitest";
import { hostRules } from "../../../stacks/rules/hosts-rules.ts";
import { type Break, rewriteUserData as rewrite, testBreaks } from "../support/broken.ts";

const template = "aws_launch_template.cluster_launch_template";
const group = "aws_autoscaling_group.cluster_hosts";
const amongHosts = "aws_vpc_security_group_ingress_rule.cluster_from_hosts";
const provider = "aws_ecs_capacity_provider.cluster_capacity_provider";
describe("the rules of the hosts", () => {
  testBreaks(hostRules, [
    [
      "one-port-range",
      `${template}.user_data`,
      (draft) => rewrite(draft, "ECS_DYNAMIC_HOST_PORT_RANGE=", "# "),
    ],
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
      "image-at-start",
      `${template}.image_id`,
      ({ resource }) => (resource(template)["image_id"] = "golden-ami-7"),
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
});
