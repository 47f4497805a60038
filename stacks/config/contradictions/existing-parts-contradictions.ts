import { isRestored } from "../file-system-schema.ts";
import type { Contradiction } from "./contradiction.ts";

const elsewhere = "only with an existing network (vpcId and privateSubnetIds)";

// Existing resources are in an existing VPC: they cannot be in one that will be created.
export const existingPartsContradictions: readonly Contradiction[] = [
  {
    path: ["cluster"],
    allowed: `an existing cluster ${elsewhere}`,
    holds: ({ network, cluster }) => "vpcId" in network || !("name" in cluster),
  },
  {
    path: ["namespace"],
    allowed: `an existing namespace ${elsewhere}`,
    holds: ({ network, namespace }) => "vpcId" in network || !("id" in namespace),
  },
  {
    path: ["fileSystem"],
    // A created network exists once the environment was deployed.
    allowed: `an existing file system ${elsewhere}, or with restored: true in an environment that is deployed already`,
    holds: ({ network, fileSystem }) =>
      "vpcId" in network || isRestored(fileSystem) || !("id" in (fileSystem ?? {})),
  },
  {
    path: ["namespace", "vpcId"],
    allowed: "the vpcId of network: a private zone answers there only",
    holds: ({ network, namespace }) =>
      !("vpcId" in network) || !("id" in namespace) || network.vpcId === namespace.vpcId,
  },
];
