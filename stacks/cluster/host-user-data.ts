import type { PortRange } from "../network/security-group.ts";

export interface HostProps {
  readonly cluster: string;
  readonly dynamicPortRange: PortRange;
  /** Memory in MiB that is not available to tasks. */
  readonly reservedMemory: number;
  readonly imagePull: "default" | "once";
}

/** The first boot script of a host. The host runs Amazon Linux 2023. */
export function hostUserData(props: HostProps): string {
  const { from, to } = props.dynamicPortRange;
  return `#!/bin/bash
set -euo pipefail
cat >> /etc/ecs/ecs.config <<'END'
${agentSettings(props).join("\n")}
END
cat > /etc/sysctl.d/60-ecs.conf <<'END'
# Redis forks to rewrite its append-only file: without overcommit the fork fails on a half full
# host. ECS cannot set this sysctl for a container.
vm.overcommit_memory = 1
# The kernel gives these ports to no outgoing connection: Docker binds one some time after the agent
# has chosen it, and a container that is restarted in place binds the same one again.
net.ipv4.ip_local_reserved_ports = ${from}-${to}
END
sysctl --load=/etc/sysctl.d/60-ecs.conf
`;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
function agentSettings({ cluster, dynamicPortRange, reservedMemory, imagePull }: HostProps) {
  const { from, to } = dynamicPortRange;
  return [
    `ECS_CLUSTER=${cluster}`,
    `ECS_DYNAMIC_HOST_PORT_RANGE=${from}-${to}`,
    // The agent, Docker and the EFS tunnels share the memory with the tasks. Without a reserve, tasks could
    // use all of it.
    `ECS_RESERVED_MEMORY=${reservedMemory}`,
    // Blocks the host's role for tasks in awsvpc mode. The hop limit of 1 blocks it only in bridge mode.
    // In host mode nothing can block it.
    "ECS_AWSVPC_BLOCK_IMDS=true",
    // Not prefer-cached: it turns off image cleanup, and the disk fills up.
    ...(imagePull === "default" ? [] : [`ECS_IMAGE_PULL_BEHAVIOR=${imagePull}`]),
  ];
}

/** SSM parameter of the machine image for an instance type. Graviton types have a "g" after the generation. */
export function machineImage(instanceType: string): string {
  const arm = /^(a1|[a-z]+\d+[a-z]*g[a-z]*)\./.test(instanceType) ? "/arm64" : "";
  return `resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023${arm}/recommended/image_id`;
}
