import { isInternal, type LoadBalancerConfig } from "../load-balancer-schema.ts";
import type { EnvironmentFields } from "../environment-schema.ts";
import type { Contradiction } from "./contradiction.ts";

/** Always true for a worker; otherwise `holds` checks the app's load balancer. */
function balanced(
  holds: (loadBalancer: LoadBalancerConfig, environment: EnvironmentFields) => boolean,
): Contradiction["holds"] {
  return (environment) => {
    const { loadBalancer } = environment.app;
    return loadBalancer === false || holds(loadBalancer, environment);
  };
}

function hasPublicSubnets({ network }: EnvironmentFields): boolean {
  return "cidr" in network || network.publicSubnetIds !== undefined;
}

const loadBalancer: readonly Contradiction[] = [
  {
    path: ["app", "loadBalancer", "internal"],
    allowed:
      "true, or left out, in a network without public subnets: " +
      "name them in network.publicSubnetIds for one that faces the internet",
    holds: balanced(
      ({ internal }, environment) => internal !== false || hasPublicSubnets(environment),
    ),
  },
  {
    path: ["app", "loadBalancer", "certificateArn"],
    allowed:
      "a certificate's ARN, since a protected environment faces the internet; " +
      "or internal: true, or plainHttp: true to send everything unencrypted",
    holds: balanced(
      (config, environment) =>
        !environment.protected ||
        config.certificateArn !== undefined ||
        config.plainHttp ||
        isInternal(config, hasPublicSubnets(environment)),
    ),
  },
  {
    path: ["app", "loadBalancer", "certificateArn"],
    allowed: ({ account, region }) =>
      `a certificate of account ${account} in ${region}: a load balancer takes no other`,
    holds: balanced(({ certificateArn }, { account, region }) => {
      const [, , , certificateRegion, owner] = certificateArn?.split(":") ?? [];
      return certificateArn === undefined || (certificateRegion === region && owner === account);
    }),
  },
  {
    path: ["app", "loadBalancer", "allowedCidrs"],
    // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
    allowed:
      "30 or fewer IPv4 blocks with certificateArn: each takes a rule for HTTP and one for HTTPS, and AWS " +
      "allows a security group 60",
    holds: balanced(
      ({ certificateArn, allowedCidrs }) =>
        certificateArn === undefined || allowedCidrs.length <= 30,
    ),
  },
];

const exec: readonly Contradiction[] = [
  {
    path: ["app", "readonlyRootFilesystem"],
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    allowed: "false, or left out, with exec: true: ECS Exec writes into the container",
    holds: ({ exec: isOn, app }) => !isOn || !app.readonlyRootFilesystem,
  },
];

export const appContradictions: readonly Contradiction[] = [...loadBalancer, ...exec];
