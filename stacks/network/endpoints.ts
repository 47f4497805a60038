import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { goLast } from "../aws/protection.ts";
import { letIn, onePort, securityGroup } from "./security-group.ts";

/** These are reached through a route instead of an address, at no cost. */
const gatewayServices = ["s3", "dynamodb"];

export interface EndpointsProps {
  readonly vpcId: string;
  readonly region: string;
  readonly name: string;
  /** One a zone; each gets an address of every interface endpoint. */
  readonly subnetIds: readonly string[];
  readonly routeTableIds: readonly string[];
  /** Without S3, which always has an endpoint. */
  readonly services: readonly string[];
}

/** Endpoints of AWS services in a VPC: traffic to them does not go through the internet. */
export class Endpoints extends Construct {
  /** Must exist before a host starts that has no NAT. */
  readonly dependencies: readonly ITerraformDependable[];
  private readonly securityGroupId: string | undefined;

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const services = [...new Set(props.services)].toSorted();
    const interfaces = services.filter((service) => !gatewayServices.includes(service));
    const gateways = gatewayServices.filter(
      (service) => service === "s3" || services.includes(service),
    );
    if (interfaces.length > 0) {
      this.securityGroupId = securityGroup(this, "security_group", {
        name: `${props.name}-endpoints`,
        description: "Endpoints of AWS services",
        vpcId: props.vpcId,
      }).id;
    }
    this.dependencies = [
      ...gateways.map((service) =>
        this.endpoint(service, props, {
          vpcEndpointType: "Gateway",
          routeTableIds: [...props.routeTableIds],
        }),
      ),
      ...interfaces.map((service) =>
        this.endpoint(service, props, {
          vpcEndpointType: "Interface",
          // The service's usual name then resolves to the endpoint: programs need no setting.
          privateDnsEnabled: true,
          subnetIds: [...props.subnetIds],
          securityGroupIds: this.securityGroupId === undefined ? [] : [this.securityGroupId],
        }),
      ),
    ];
  }

  /** Lets one security group use the endpoints. */
  admit(id: string, securityGroupId: string): ITerraformDependable[] {
    if (this.securityGroupId === undefined) return [];
    const rule = letIn(this, `from_${id}`, {
      description: "AWS services over HTTPS",
      client: securityGroupId,
      server: this.securityGroupId,
      ports: onePort(443),
    });
    goLast(rule);
    return [rule];
  }

  private endpoint(
    service: string,
    { vpcId, region, name }: EndpointsProps,
    kind: Partial<ConstructorParameters<typeof VpcEndpoint>[2]>,
  ): VpcEndpoint {
    return new VpcEndpoint(this, service.replaceAll(/[.-]/g, "_"), {
      vpcId,
      serviceName: `com.amazonaws.${region}.${service}`,
      tags: { Name: `${name}-${service}` },
      ...kind,
    });
  }
}
