import { describe, expect, it } from "vitest";
import { environments } from "../../environments.ts";
import type { EnvironmentInput } from "../../stacks/config/environment-schema.ts";
import { differences } from "./support/differences.ts";
import { cycle } from "./support/references.ts";
import {
  devWith,
  existingParts,
  minimalEnvironment,
  restoredFileSystem,
  templateOf,
  withoutNat,
} from "./support/template.ts";

const { network, cluster, namespace, fileSystem } = existingParts;
const secured = {
  ...minimalEnvironment.app,
  loadBalancer: {
    ...minimalEnvironment.app.loadBalancer,
    certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b",
    hostname: "app.example.com",
    hostedZoneId: "Z0123ABC",
  },
};
const variants: [name: string, changes: Partial<EnvironmentInput>][] = [
  ["all created", {}],
  ["protected", { protected: true }],
  ["three zones", { network: { cidr: "10.0.0.0/20", zones: ["a", "b", "c"], nat: "perZone" } }],
  ["no NAT, and a flow log", { ...withoutNat, network: { ...withoutNat.network, flowLogs: true } }],
  ["alarms and backups", { alarms: { emails: ["oncall@example.com"] }, backup: {} }],
  [
    "alarms of a worker on an existing cluster",
    {
      network,
      cluster,
      alarms: { topicArn: "arn:aws:sns:eu-west-1:123456789012:oncall" },
      app: { ...minimalEnvironment.app, loadBalancer: false },
    },
  ],
  [
    "image in a parameter",
    { app: { ...minimalEnvironment.app, image: { ssmParameter: "/image" } } },
  ],
  ["a certificate", { app: secured }],
  ["a worker", { app: { ...minimalEnvironment.app, loadBalancer: false } }],
  ["ECS Exec", { exec: true }],
  ["existing network", { network }],
  ["existing cluster", { network, cluster }],
  ["existing namespace", { network, namespace }],
  ["existing file system", { network, fileSystem }],
  ["existing cluster and file system", { network, cluster, fileSystem }],
  ["all existing", existingParts],
  [
    "a restored file system in a created network",
    { fileSystem: restoredFileSystem, alarms: { emails: ["oncall@example.com"] } },
  ],
  [
    "a restored file system in a protected environment",
    { protected: true, fileSystem: restoredFileSystem },
  ],
];

const templates = [
  ...variants.map(([name, changes]) => [name, devWith(changes)] as const),
  ...Object.keys(environments).map((name) => [name, templateOf(environments, name)] as const),
];

describe.each(templates)("the template of %s", (_, template) => {
  it("has no dependency cycles", () => {
    expect(cycle(template)).toBeUndefined();
  });
});

describe("the repository's own environments", () => {
  it("are dev, stg and prod, and only prod is protected", () => {
    const isProtected = Object.entries(environments).map(([name, environment]) => [
      name,
      "protected" in environment && environment.protected,
    ]);
    expect(isProtected).toEqual([
      ["dev", false],
      ["stg", false],
      ["prod", true],
    ]);
  });
});

/** Resources that exist once per list item. */
const ofOne = (address: string) =>
  /^aws_(efs_mount_target|vpc_security_group_\w+gress_rule)\./.test(address);

describe("a list of existing resources", () => {
  const { app } = minimalEnvironment;
  const loadBalanced = { ...app, port: 8080 };
  const ownService = { image: app.image, port: 7700, memory: 256, networkMode: "host" } as const;
  const uses: [name: string, changes: Partial<EnvironmentInput>][] = [
    ["a created file system, and a load balancer in front of the hosts", { app: loadBalanced }],
    ["an app in awsvpc mode", { app: { ...loadBalanced, networkMode: "awsvpc" } }],
    ["an app in host mode", { app: { ...loadBalanced, networkMode: "host" } }],
    ["a service on a port of the hosts", { services: { search: ownService } }],
  ];
  const groups = cluster.instanceSecurityGroupIds;
  const subnets = network.privateSubnetIds;

  function on(changes: Partial<EnvironmentInput>, groupIds: string[], subnetIds: string[]) {
    return devWith({
      ...changes,
      network: { ...network, privateSubnetIds: subnetIds },
      cluster: { ...cluster, instanceSecurityGroupIds: groupIds },
    });
  }

  it.each(uses)("can be reordered without a change of %s", (_, changes) => {
    const before = on(changes, groups, subnets);
    const after = on(changes, groups.toReversed(), subnets.toReversed());
    expect(before.text).toContain(groups[1]);
    expect(differences(before, after).filter(ofOne)).toEqual([]);
  });

  it.each(uses)("can lose an item without other changes of %s", (_, changes) => {
    const three = ["subnet-0c", ...subnets];
    const before = on(changes, groups, three);
    const after = on(changes, groups.slice(1), subnets);
    const changed = differences(before, after).filter(ofOne);
    expect(changed).not.toEqual([]);
    const left = changed.filter((address) => {
      const [type = "", id = ""] = address.split(".");
      return after.json.resource[type]?.[id] !== undefined;
    });
    expect(left).toEqual([]);
  });
});
