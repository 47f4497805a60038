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
import { type Cidr, parseCidr, subnet } from "./cidr.ts";
import type { Environment } from "./config.ts";

/** What the rest of a stack needs to know of its network, created or existing. */
export interface NetworkParts {
  readonly vpcId: string;
  /** Of the hosts and the mount targets, one a zone. */
  readonly privateSubnetIds: readonly string[];
  /** Of the load balancer; none in an existing network, where it is internal. */
  readonly publicSubnetIds: readonly string[];
  /** What a host needs to reach AWS: made before hosts, destroyed after them. */
  readonly egress: readonly ITerraformDependable[];
  /** What a load balancer that faces the internet needs to be accepted. */
  readonly ingress: readonly ITerraformDependable[];
}

type CreatedNetwork = Extract<Environment["network"], { cidr: string }>;

export interface NetworkProps {
  readonly config: CreatedNetwork;
  readonly region: string;
  readonly name: string;
}

/** A VPC with a public and a private subnet in each zone; private subnets reach out through NAT. */
export class Network extends Construct implements NetworkParts {
  readonly vpcId: string;
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
  readonly egress: readonly ITerraformDependable[];
  readonly ingress: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { config, region, name }: NetworkProps) {
    super(scope, id);
    const block = parseCidr(config.cidr);
    if (block === undefined) throw new TypeError(`not an IPv4 block: ${config.cidr}`);
    const vpc = new Vpc(this, "vpc", {
      cidrBlock: config.cidr,
      // A private DNS namespace answers only where both are on.
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: name },
    });
    this.vpcId = vpc.id;
    const gateway = new InternetGateway(this, "internet", { vpcId: vpc.id, tags: { Name: name } });
    const zones = config.zones.map((zone, index) => ({ zone, index, az: `${region}${zone}` }));

    const publicTable = this.routeTable("public", `${name}-public`);
    const toInternet = new Route(this, "public_internet", {
      routeTableId: publicTable.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    this.ingress = [toInternet];
    const publicSubnets = zones.map(({ zone, index, az }) =>
      this.subnet(
        `public_${zone}`,
        `${name}-public-${zone}`,
        az,
        blockOf(block, index),
        publicTable,
      ),
    );
    this.publicSubnetIds = publicSubnets.map(({ id: subnetId }) => subnetId);

    const natZones = config.nat === "perZone" ? zones : zones.slice(0, 1);
    const nats = natZones.map(({ zone, index }) =>
      this.nat(zone, `${name}-${zone}`, this.publicSubnetIds[index] ?? "", [toInternet]),
    );
    const ways = zones.map(({ zone, index, az }) => {
      const table = this.routeTable(`private_${zone}`, `${name}-private-${zone}`);
      const outward = new Route(this, `private_${zone}_nat`, {
        routeTableId: table.id,
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: (nats[index] ?? nats[0])?.id ?? "",
      });
      const cidr = blockOf(block, zones.length + index);
      const net = this.subnet(`private_${zone}`, `${name}-private-${zone}`, az, cidr, table);
      return { net, egress: [outward, net.association] };
    });
    this.privateSubnetIds = ways.map(({ net }) => net.id);
    this.egress = ways.flatMap(({ egress }) => egress);
  }

  private routeTable(id: string, name: string): RouteTable {
    return new RouteTable(this, `${id}_routes`, { vpcId: this.vpcId, tags: { Name: name } });
  }

  private subnet(id: string, name: string, zone: string, cidrBlock: string, table: RouteTable) {
    const net = new Subnet(this, id, {
      vpcId: this.vpcId,
      availabilityZone: zone,
      cidrBlock,
      tags: { Name: name },
    });
    const association = new RouteTableAssociation(this, `${id}_association`, {
      subnetId: net.id,
      routeTableId: table.id,
    });
    return { id: net.id, association };
  }

  private nat(zone: string, name: string, subnetId: string, dependsOn: ITerraformDependable[]) {
    const address = new Eip(this, `nat_${zone}_address`, { domain: "vpc", tags: { Name: name } });
    return new NatGateway(this, `nat_${zone}`, {
      allocationId: address.id,
      subnetId,
      dependsOn,
      tags: { Name: name },
    });
  }
}

/** An eighth of the VPC each: room for four zones, public and private. */
function blockOf(vpc: Cidr, index: number): string {
  return subnet(vpc, 3, index);
}

/** A network that its owner runs: nothing is created in it but security groups and interfaces. */
export function existingNetwork(
  config: Exclude<Environment["network"], { cidr: string }>,
): NetworkParts {
  return { ...config, publicSubnetIds: [], egress: [], ingress: [] };
}
