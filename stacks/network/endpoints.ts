import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { createBeforeDestroy } from "../aws/protection.ts";
import { allowIngress, onePort, securityGroup } from "./security-group.ts";

/** Services with gateway endpoints. These use routes instead of addresses, and are free. */
const gatewayServices = ["s3", "dynamodb"];

export interface EndpointsProps {
  readonly vpcId: string;
  readonly region: string;
  readonly name: string;
  /** One per zone. Every interface endpoint gets an address in each. */
  readonly subnetIds: readonly string[];
  readonly routeTableIds: readonly string[];
  /** S3 always has an endpoint, so it need not be listed. */
  readonly services: readonly string[];
}

/** Endpoints of AWS services in a VPC. Traffic to them does not use the internet. */
export class Endpoints extends Construct {
  /** Resources that must exist before a host without NAT starts. */
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
          // The service's usual DNS name resolves to the endpoint, so programs need no setting.
          privateDnsEnabled: true,
          subnetIds: [...props.subnetIds],
          securityGroupIds: this.securityGroupId === undefined ? [] : [this.securityGroupId],
        }),
      ),
    ];
  }

  /** Allows a security group to use the endpoints. */
  admit(id: string, securityGroupId: string): ITerraformDependable[] {
    if (this.securityGroupId === undefined) return [];
    const rule = allowIngress(this, `from_${id}`, {
      description: "AWS services over HTTPS",
      client: securityGroupId,
      server: this.securityGroupId,
      ports: onePort(443),
    });
    createBeforeDestroy(rule);
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
