import type { PortRange } from "../network/security-group.ts";

export interface HostProps {
  readonly cluster: string;
  readonly dynamicPortRange: PortRange;
}

/** First boot script of an Amazon Linux 2023 host of the cluster. */
export function hostUserData({ cluster, dynamicPortRange: { from, to } }: HostProps): string {
  return `#!/bin/bash
set -euo pipefail
cat >> /etc/ecs/ecs.config <<'END'
ECS_CLUSTER=${cluster}
ECS_DYNAMIC_HOST_PORT_RANGE=${from}-${to}
END
# Redis forks to rewrite its append-only file: without overcommit the fork fails on a half full
# host. ECS cannot set this sysctl for a container.
echo 'vm.overcommit_memory = 1' > /etc/sysctl.d/60-redis.conf
sysctl --load=/etc/sysctl.d/60-redis.conf
`;
}

/** SSM parameter of the machine image for an instance type. Graviton types have a g after the generation. */
export function machineImage(instanceType: string): string {
  const arm = /^(a1|[a-z]+\d+[a-z]*g[a-z]*)\./.test(instanceType) ? "/arm64" : "";
  return `resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023${arm}/recommended/image_id`;
}
