import type { ConfigProblem } from "../config-error.ts";
import type { Environment } from "../environment-schema.ts";
import { namesOf } from "../names.ts";
import { needsNamespace } from "../redis-kinds.ts";
import { stateObjectOf } from "../state-schema.ts";
import { type Collision, inOnePlace, quoted } from "./collision.ts";
import { nameCollisions } from "./name-collisions.ts";

/** Finds environments that would create the same resource or write to the same place. */
export function refuseCollisions(environments: readonly Environment[]): ConfigProblem[] {
  return environments.flatMap((later, index) =>
    environments.slice(0, index).flatMap((earlier) =>
      collisions.flatMap((collision) => {
        const problems = [collision(earlier, later) ?? []].flat();
        return problems.map((problem) => ({ environment: later.name, ...problem }));
      }),
    ),
  );
}

/** Two environments with the same state would overwrite each other's. */
const sameState: Collision = (earlier, later) => {
  const [one, other] = [earlier, later].map((each) => stateObjectOf(each));
  if (one === undefined || other === undefined) return undefined;
  if (one.bucket !== other.bucket || one.key !== other.key) return undefined;
  const message =
    `got ${quoted(other.key)} in ${other.bucket}, where ${earlier.name} keeps its state; ` +
    "allowed: another key";
  return { field: "state.key", message };
};

/** A namespace name is unique in an account and region. */
const namespaceTwice: Collision = (earlier, later) => {
  const creates = [earlier, later].every(
    (each) => needsNamespace(each) && !("id" in each.namespace),
  );
  const { namespace } = namesOf(later);
  if (!creates || !inOnePlace(earlier, later) || namesOf(earlier).namespace !== namespace) {
    return undefined;
  }
  const message =
    `got ${quoted(namespace)}, which ${earlier.name} creates too; ` +
    "allowed: another name, or the existing namespace with its id, name and vpcId";
  return { field: "namespace", message };
};

/** A namespace has one name and one VPC, so all environments must give the same. */
const namespaceDiffers: Collision = ({ name, namespace: one }, { namespace: other }) => {
  if (!("id" in one && "id" in other) || one.id !== other.id) return undefined;
  const field = (["name", "vpcId"] as const).find((each) => one[each] !== other[each]);
  if (field === undefined) return undefined;
  const message =
    `got ${quoted(other[field])} for ${other.id}, which has ${quoted(one[field])} in ${name}; ` +
    "allowed: the same in both";
  return { field: `namespace.${field}`, message };
};

/** An environment that joins another's namespace must be in its VPC: a private zone resolves only there. */
const namespaceElsewhere: Collision = (earlier, later) => {
  const [creator, guest] = "id" in earlier.namespace ? [later, earlier] : [earlier, later];
  const { network } = creator;
  if (!needsNamespace(creator) || "id" in creator.namespace) return undefined;
  if (!("id" in guest.namespace) || !("vpcId" in network)) {
    return undefined;
  }
  const isSame = inOnePlace(creator, guest) && namesOf(creator).namespace === guest.namespace.name;
  if (!isSame || guest.namespace.vpcId === network.vpcId) return undefined;
  const message =
    `${guest.name} joins ${quoted(guest.namespace.name)} in ${guest.namespace.vpcId}, and ` +
    `${creator.name} creates it in ${network.vpcId}; allowed: one VPC for both`;
  return { field: later === guest ? "namespace.vpcId" : "network.vpcId", message };
};

/** In a VPC, a name is resolved only in the zone with the longest match. */
const nameHidden: Collision = (earlier, later) => {
  if (![earlier, later].every((each) => needsNamespace(each))) return undefined;
  if (!("vpcId" in earlier.network && "vpcId" in later.network)) return undefined;
  if (earlier.network.vpcId !== later.network.vpcId) return undefined;
  for (const [one, other] of [[earlier, later] as const, [later, earlier] as const]) {
    const { namespace: zone } = namesOf(other);
    const { srvName } = namesOf(one);
    const hides = `.${srvName}`.endsWith(`.${zone}`) && zone.length > namesOf(one).namespace.length;
    if (!hides) continue;
    const message =
      `${quoted(zone)} of ${other.name} hides ${quoted(srvName)}, the name of ${one.name}'s Redis; ` +
      "allowed: a namespace that is not a suffix of this name";
    return { field: "namespace.name", message };
  }
  return undefined;
};

/** The hosts of a cluster have one port range for all environments. */
const rangeDiffers: Collision = (earlier, later) => {
  const isSame = inOnePlace(earlier, later) && clusterName(earlier) === clusterName(later);
  const [one, other] = [earlier, later].map(({ cluster: { dynamicPortRange } }) => {
    const { from, to } = dynamicPortRange;
    return `${from} to ${to}`;
  });
  if (!isSame || one === other) return undefined;
  const message =
    `got ${other} for the hosts of ${clusterName(later)}, which have ${one} in ${earlier.name}; ` +
    "allowed: the same in both";
  return { field: "cluster.dynamicPortRange", message };
};

/** Two Redis servers must not write to the same folder, or to a folder inside the other's. */
const sameFolder: Collision = ({ name, fileSystem: one }, { fileSystem: other }) => {
  if (one === undefined || other === undefined) return undefined;
  if (!("id" in one && "id" in other) || one.id !== other.id) return undefined;
  const [outer, inner] = [`${one.path}/`, `${other.path}/`].toSorted((a, b) => a.length - b.length);
  if (outer === undefined || inner?.startsWith(outer) !== true) return undefined;
  const message =
    `got ${quoted(other.path)} of ${other.id}, where ${name} writes ${quoted(one.path)}; ` +
    "allowed: another folder";
  return { field: "fileSystem.path", message };
};

/** A name in a zone has one record. */
const recordTwice: Collision = (earlier, later) => {
  const [one, other] = [earlier, later].map(({ app }) => app.loadBalancer || undefined);
  if (other?.hostedZoneId === undefined || one?.hostedZoneId !== other.hostedZoneId) {
    return undefined;
  }
  if (one.hostname !== other.hostname) return undefined;
  const message =
    `got ${quoted(other.hostname ?? "")} in zone ${other.hostedZoneId}, where ${earlier.name} has its ` +
    "record; allowed: another name";
  return { field: "app.loadBalancer.hostname", message };
};

const collisions: readonly Collision[] = [
  sameState,
  namespaceTwice,
  namespaceDiffers,
  namespaceElsewhere,
  nameHidden,
  rangeDiffers,
  sameFolder,
  recordTwice,
  ...nameCollisions,
];

function clusterName(environment: Environment): string {
  return "name" in environment.cluster ? environment.cluster.name : namesOf(environment).cluster;
}
