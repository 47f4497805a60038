#!/bin/bash
# The first boot of a host.
set -euo pipefail

cat >>/etc/ecs/ecs.config <<'END'
ECS_CLUSTER=prod
ECS_DYNAMIC_HOST_PORT_RANGE=40000-49999
END

# The agent gives tasks the ports of its range, and the kernel gives them to no outgoing connection. They are clear of
# 20049 to 21049, the tunnels of EFS. Redis forks to rewrite its append-only file, which needs overcommit.
cat >/etc/sysctl.d/60-ecs.conf <<'END'
net.ipv4.ip_local_reserved_ports = 40000-49999
vm.overcommit_memory = 1
END
sysctl --load=/etc/sysctl.d/60-ecs.conf
