import { createsFolder, isRestored } from "../file-system-schema.ts";
import type { Contradiction } from "./contradiction.ts";

const elsewhere = "only with an existing network (vpcId and privateSubnetIds)";

// Existing resources are in an existing VPC, so they cannot be in a new one.
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
    // After the first deploy, the network of the environment exists.
    allowed: `an existing file system ${elsewhere}, or with restored: true in an environment that is already deployed`,
    holds: ({ network, fileSystem }) =>
      "vpcId" in network || isRestored(fileSystem) || !("id" in (fileSystem ?? {})),
  },
  {
    path: ["fileSystem", "create"],
    allowed: "false with restored: true, because a restored folder exists",
    holds: ({ fileSystem }) =>
      !isRestored(fileSystem) || fileSystem === undefined || !createsFolder(fileSystem),
  },
  {
    path: ["namespace", "vpcId"],
    allowed: "the vpcId of network, because a private zone resolves only there",
    holds: ({ network, namespace }) =>
      !("vpcId" in network) || !("id" in namespace) || network.vpcId === namespace.vpcId,
  },
];
