import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway/index.js";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type Cidr, parseCidr, subnet } from "../config/cidr.ts";
import { ensureDefined } from "../config/ensure-defined.ts";
import type { Environment } from "../config/environment-schema.ts";
import { servicesWithoutNat } from "../config/network-schema.ts";
import { Endpoints } from "./endpoints.ts";
import { FlowLog } from "./flow-log.ts";
import type { LogSettings } from "../aws/log-settings.ts";

/** The parts of a new or existing network that the rest of a stack uses. */
export interface NetworkParts {
  /** The VPC. */
  readonly vpcId: string;
  /** Subnets of the hosts and the mount targets, one per zone. */
  readonly privateSubnetIds: readonly string[];
  /** Subnets of an internet-facing load balancer. Without any, it is internal. */
  readonly publicSubnetIds: readonly string[];
  /** Resources that hosts need to reach AWS. They must be created before the hosts and destroyed after them. */
  readonly hostDependencies: readonly ITerraformDependable[];
  /** Resources that must exist before an internet-facing load balancer. */
  readonly loadBalancerDependencies: readonly ITerraformDependable[];
  /**
   * Allows a security group of hosts or tasks to use the endpoints of AWS services, if there are any.
   *
   * @param id id of the rule, different for each security group
   * @returns resources that must exist before a host starts, in addition to `hostDependencies`
   * @throws {Error} when a rule with this id exists already
   */
  readonly admit: (id: string, securityGroupId: string) => readonly ITerraformDependable[];
}

type CreatedNetwork = Extract<Environment["network"], { cidr: string }>;

/** Props of `Network`. */
export interface NetworkProps {
  /** The `network` of an environment with a new network, with defaults applied: docs/environments.md. */
  readonly config: CreatedNetwork;
  /** AWS account. */
  readonly account: string;
  /** AWS region. */
  readonly region: string;
  /** Prefix of the names of its parts. */
  readonly name: string;
  /**
   * Settings of the flow log: `retentionInDays`, `skipDestroy` to keep the log group after a destroy, and `kmsKeyId`
   * for a customer managed key.
   */
  readonly logs: LogSettings;
}

/**
 * Which eighth of the VPC a subnet uses, by the index of its zone. It does not depend on the number of zones, because
 * a change of the block replaces the subnet and everything in it.
 */
const BLOCKS = { public: [0, 1, 4, 6], private: [2, 3, 5, 7] } as const;

interface Zone {
  readonly letter: string;
  readonly index: number;
  /** For example `eu-central-1a`. */
  readonly zoneName: string;
}

/**
 * A VPC with a public and a private subnet in each zone. Private subnets reach the internet through
 * NAT, or without NAT only AWS services through endpoints.
 *
 * @throws {Error} when the scope has a construct with this id already
 * @throws {TypeError} when `config.cidr` is not an IPv4 block. `parseEnvironments` refuses such a value
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html
 * @example
 * const { network: config, account, region } = environment;
 * if ("vpcId" in config) throw new Error("an existing network");
 * const logs = { retentionInDays: 30, skipDestroy: false };
 * const created = new Network(stack, "network", { config, account, region, name: "games", logs });
 * console.log(created.privateSubnetIds.length); // 2
 */
export class Network extends Construct implements NetworkParts {
  readonly vpcId: string;
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
  readonly hostDependencies: readonly ITerraformDependable[];
  readonly loadBalancerDependencies: readonly ITerraformDependable[];
  readonly admit: NetworkParts["admit"];
  private readonly block: Cidr;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { config, region, account, name, logs } = props;
    this.block = ensureDefined(parseCidr(config.cidr), `block ${config.cidr}`);
    this.vpcId = this.vpc(props).id;
    if (config.flowLogs) new FlowLog(this, "flow", { vpcId: this.vpcId, name, account, logs });
    const zones = config.zones.map((letter, index) => ({
      letter,
      index,
      zoneName: `${region}${letter}`,
    }));

    const internet = this.internet(name);
    const publicZones = zones.map((zone) =>
      this.subnet(`public_${zone.letter}`, name, zone, BLOCKS.public, internet.table),
    );
    this.publicSubnetIds = publicZones.map(({ id: subnetId }) => subnetId);
    // Without its association, a public subnet and a NAT gateway in it have no internet access.
    const toInternet = [internet.route, ...publicZones.map(({ association }) => association)];
    this.loadBalancerDependencies = toInternet;
    const privateZones = zones.map((zone) => this.privateSubnet(zone, name));
    this.privateSubnetIds = privateZones.map(({ id: subnetId }) => subnetId);
    const endpoints = new Endpoints(this, "endpoints", {
      vpcId: this.vpcId,
      region,
      name,
      subnetIds: this.privateSubnetIds,
      routeTableIds: privateZones.map(({ table }) => table.id),
      services: [
        ...(config.nat === "none" ? Object.keys(servicesWithoutNat) : []),
        ...config.endpoints,
      ],
    });
    this.admit = (rule, securityGroupId) => endpoints.admit(rule, securityGroupId);
    this.hostDependencies = [
      ...privateZones.map(({ association }) => association),
      ...this.defaultRoutes(props, zones, privateZones, toInternet),
      ...endpoints.dependencies,
    ];
  }

  private vpc({ config, name }: NetworkProps): Vpc {
    const vpc = new Vpc(this, "vpc", {
      cidrBlock: config.cidr,
      // A private DNS namespace resolves only if both are on.
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: name },
    });
    // AWS creates this group with rules that allow all traffic between members and to the internet. No resource
    // uses it. This resource removes its rules, so that it is safe if someone uses it by mistake.
    new DefaultSecurityGroup(this, "default_security_group", {
      vpcId: vpc.id,
      tags: { Name: `${name}-unused` },
    });
    return vpc;
  }

  private internet(name: string) {
    const gateway = new InternetGateway(this, "internet", {
      vpcId: this.vpcId,
      tags: { Name: name },
    });
    const table = this.routeTable("public", `${name}-public`);
    const route = new Route(this, "public_internet", {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    return { table, route };
  }

  private privateSubnet(zone: Zone, name: string) {
    const id = `private_${zone.letter}`;
    const table = this.routeTable(id, `${name}-private-${zone.letter}`);
    return { ...this.subnet(id, name, zone, BLOCKS.private, table), table };
  }

  /** The default routes of the private subnets. Without NAT there are none. */
  private defaultRoutes(
    { config: { nat }, name }: NetworkProps,
    zones: readonly Zone[],
    privateZones: readonly { readonly table: RouteTable }[],
    toInternet: readonly ITerraformDependable[],
  ): Route[] {
    if (nat === "none") return [];
    const nats = (nat === "perZone" ? zones : zones.slice(0, 1)).map(({ letter, index }) =>
      this.nat(letter, `${name}-${letter}`, this.publicSubnetIds[index] ?? "", toInternet),
    );
    return zones.map(
      ({ letter, index }) =>
        new Route(this, `private_${letter}_nat`, {
          routeTableId: privateZones[index]?.table.id ?? "",
          destinationCidrBlock: "0.0.0.0/0",
          natGatewayId: (nats[index] ?? nats[0])?.id ?? "",
        }),
    );
  }

  private routeTable(id: string, name: string): RouteTable {
    return new RouteTable(this, `${id}_routes`, { vpcId: this.vpcId, tags: { Name: name } });
  }

  private subnet(
    id: string,
    name: string,
    zone: Zone,
    blocks: readonly number[],
    table: RouteTable,
  ) {
    const net = new Subnet(this, id, {
      vpcId: this.vpcId,
      availabilityZone: zone.zoneName,
      cidrBlock: subnet(
        this.block,
        3,
        ensureDefined(blocks[zone.index], `block of ${zone.zoneName}`),
      ),
      tags: { Name: `${name}-${id.replace("_", "-")}` },
    });
    const association = new RouteTableAssociation(this, `${id}_association`, {
      subnetId: net.id,
      routeTableId: table.id,
    });
    return { id: net.id, association };
  }

  private nat(
    zone: string,
    name: string,
    subnetId: string,
    toInternet: readonly ITerraformDependable[],
  ) {
    const address = new Eip(this, `nat_${zone}_address`, { domain: "vpc", tags: { Name: name } });
    return new NatGateway(this, `nat_${zone}`, {
      allocationId: address.id,
      subnetId,
      dependsOn: [...toInternet],
      tags: { Name: name },
    });
  }
}

/**
 * Describes an existing network. The stack creates only security groups and network interfaces in it.
 *
 * @param config the `network` of an environment with an existing network: docs/environments.md
 * @throws none
 * @example
 * const existing = existingNetwork({ vpcId: "vpc-0a1b", privateSubnetIds: ["subnet-0a"] });
 * console.log(existing.publicSubnetIds); // []
 */
export function existingNetwork(
  config: Exclude<Environment["network"], { cidr: string }>,
): NetworkParts {
  const { vpcId, privateSubnetIds, publicSubnetIds = [] } = config;
  return {
    vpcId,
    privateSubnetIds,
    publicSubnetIds,
    hostDependencies: [],
    loadBalancerDependencies: [],
    admit: nothing,
  };
}

function nothing(): readonly ITerraformDependable[] {
  return [];
}
