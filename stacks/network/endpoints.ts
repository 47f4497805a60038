import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** Reached through a route instead of an address, at no cost. */
const gatewayServices = ["s3", "dynamodb"];

export interface EndpointsProps {
  readonly vpcId: string;
  readonly region: string;
  readonly name: string;
  /** One a zone, each gets an address of every interface endpoint. */
  readonly subnetIds: readonly string[];
  readonly routeTableIds: readonly string[];
  /** Without S3, which is always there. */
  readonly services: readonly string[];
}

/** Ways from a VPC to AWS services that do not lead through the internet. */
export class Endpoints extends Construct {
  /** Each must exist before a host starts that has no other way. */
  readonly dependencies: readonly ITerraformDependable[];
  private readonly securityGroupId: string | undefined;

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const services = [...new Set(props.services)].toSorted();
    const interfaces = services.filter((service) => !gatewayServices.includes(service));
    const gateways = gatewayServices.filter(
      (service) => service === "s3" || services.includes(service),
    );
    const group = interfaces.length === 0 ? undefined : this.securityGroup(props);
    this.securityGroupId = group?.id;
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
          // The service's own name then leads to the endpoint: no program needs to know of it.
          privateDnsEnabled: true,
          subnetIds: [...props.subnetIds],
          securityGroupIds: group === undefined ? [] : [group.id],
        }),
      ),
    ];
  }

  /** Lets `securityGroupId` in, and nobody else in the VPC. */
  admit(id: string, securityGroupId: string): ITerraformDependable[] {
    if (this.securityGroupId === undefined) return [];
    const rule = new VpcSecurityGroupIngressRule(this, `from_${id}`, {
      securityGroupId: this.securityGroupId,
      description: "AWS services over HTTPS",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      referencedSecurityGroupId: securityGroupId,
    });
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

  private securityGroup({ vpcId, name }: EndpointsProps): SecurityGroup {
    return new SecurityGroup(this, "security_group", {
      name: `${name}-endpoints`,
      description: "Endpoints of AWS services",
      vpcId,
      tags: { Name: `${name}-endpoints` },
    });
  }
}
