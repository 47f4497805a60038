import { z } from "zod";
import { parseCidr } from "./cidr.ts";
import { either, fields, flag, listOf, text, whole } from "./fields.ts";

const certificateArn = text(
  /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
  "the ARN of an ACM certificate, arn:aws:acm:<region>:<account>:certificate/<id>",
);
const tlsPolicyAllowed =
  "a policy of TLS 1.2 and 1.3 alone: ELBSecurityPolicy-TLS13-1-2-... or -1-3-...";
const hostname = text(
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  "a lower-case host name such as app.example.com",
);
const cidrAllowed = "an IPv4 block such as 203.0.113.0/24, no host bit set";
const clientBlock = text(/^[\d./]+$/, cidrAllowed).refine(
  (value) => parseCidr(value) !== undefined,
  cidrAllowed,
);

const healthCheck = fields({
  path: text(/^\/[\w./~-]*$/, "a path such as /healthz").describe(
    "Path of the check; 200 is healthy. It must depend only on the app, not on Redis",
  ),
  interval: whole(5, 300, "seconds").default(10).describe("Time between two checks"),
  timeout: whole(2, 120, "seconds").default(4).describe("How long an answer may take"),
  healthyThreshold: whole(2, 10).default(2).describe("Answers in a row that make a task healthy"),
  unhealthyThreshold: whole(2, 10)
    .default(3)
    .describe("Failures in a row that make it unhealthy; then it is replaced"),
  gracePeriod: whole(0, 3600, "seconds")
    .default(60)
    .describe("Time after its start in which a task is not replaced for failing"),
}).refine(({ interval, timeout }) => timeout < interval, {
  path: ["timeout"],
  error: "less than interval",
});

const balanced = fields({
  healthCheck: healthCheck.describe("The check of each task by the load balancer"),
  deregistrationDelay: whole(0, 3600, "seconds")
    .default(30)
    .describe("Time for requests in flight when a task leaves the load balancer"),
  internal: flag()
    .optional()
    .describe("Reached only from the VPC. Default: true if the network has no public subnets"),
  allowedCidrs: listOf(clientBlock, 1, "1 or more IPv4 blocks")
    .max(50, "at most 50 IPv4 blocks")
    .default(["0.0.0.0/0"])
    .describe("Address blocks whose clients may connect"),
  certificateArn: certificateArn
    .optional()
    .describe("Serves HTTPS with it, and redirects HTTP to HTTPS. Default: HTTP"),
  sslPolicy: text(/^ELBSecurityPolicy-TLS13-1-[23]-[\w-]+$/, tlsPolicyAllowed)
    .default("ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
    .describe("TLS versions and ciphers of the HTTPS listener"),
  plainHttp: flag()
    .default(false)
    .describe("Lets a protected environment face the internet without a certificate"),
  hostname: hostname.optional().describe("Name that clients use, as in the certificate"),
  hostedZoneId: text(/^Z[A-Z0-9]{3,31}$/, "the id of a Route 53 hosted zone such as Z0123ABC")
    .optional()
    .describe("Zone that gets a record of hostname. Without it, create the record yourself"),
  idleTimeout: whole(1, 4000, "seconds")
    .default(60)
    .describe("How long a silent connection is kept; the app must keep it longer"),
  accessLogsBucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of an S3 bucket")
    .optional()
    .describe("Existing bucket for access logs; its policy must let the load balancer write"),
})
  .refine(({ plainHttp, certificateArn: certificate }) => !plainHttp || certificate === undefined, {
    path: ["plainHttp"],
    error: "false beside certificateArn",
  })
  .refine(({ hostname: name, hostedZoneId }) => hostedZoneId === undefined || name !== undefined, {
    path: ["hostname"],
    error: "a host name in the zone of hostedZoneId",
  });

export const loadBalancerSchema = either(
  (value) => typeof value === "object" && value !== null,
  balanced,
  z.literal(
    false,
    "an object with at least healthCheck: { path }, or false: a worker nobody calls",
  ),
).describe("How clients reach the app");

export type LoadBalancerConfig = z.output<typeof balanced>;

/** Whether it is reached from the VPC alone. */
export function isInternal(
  { internal }: Pick<LoadBalancerConfig, "internal">,
  hasPublicSubnets: boolean,
): boolean {
  return internal ?? !hasPublicSubnets;
}
