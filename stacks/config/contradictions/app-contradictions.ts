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
      "true or not set in a network without public subnets; " +
      "for an internet-facing load balancer, set network.publicSubnetIds",
    holds: balanced(
      ({ internal }, environment) => internal !== false || hasPublicSubnets(environment),
    ),
  },
  {
    path: ["app", "loadBalancer", "certificateArn"],
    allowed:
      "a certificate's ARN in a protected environment that is internet-facing; " +
      "or internal: true, or plainHttp: true for unencrypted traffic",
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
      `a certificate of account ${account} in ${region}: a load balancer cannot use others`,
    holds: balanced(({ certificateArn }, { account, region }) => {
      const [, , , certificateRegion, owner] = certificateArn?.split(":") ?? [];
      return certificateArn === undefined || (certificateRegion === region && owner === account);
    }),
  },
  {
    path: ["app", "loadBalancer", "allowedCidrs"],
    // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
    allowed:
      "30 or fewer IPv4 blocks with certificateArn: each needs two rules, for HTTP and HTTPS, and AWS allows 60 rules " +
      "in a security group",
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
    allowed: "false or not set with exec: true, because ECS Exec writes into the container",
    holds: ({ exec: isOn, app }) => !isOn || !app.readonlyRootFilesystem,
  },
];

const rollback: readonly Contradiction[] = [
  {
    path: ["app", "rollbackOnAlarms"],
    allowed: "false or not set without alarms, or without app.loadBalancer",
    holds: ({ alarms, app }) =>
      !app.rollbackOnAlarms || (alarms !== false && app.loadBalancer !== false),
  },
];

export const appContradictions: readonly Contradiction[] = [...loadBalancer, ...exec, ...rollback];
