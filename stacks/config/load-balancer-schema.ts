import { z } from "zod";
import { parseCidr } from "./cidr.ts";
import { either, fields, flag, listOf, text, whole } from "./fields.ts";

const certificateArn = text(
  /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
  "the ARN of an ACM certificate, arn:aws:acm:<region>:<account>:certificate/<id>",
);
const tlsPolicyAllowed =
  "a policy with only TLS 1.2 and 1.3: ELBSecurityPolicy-TLS13-1-2-... or -1-3-...";
const hostname = text(
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  "a lower-case host name such as app.example.com",
);
const cidrAllowed = "an IPv4 block such as 203.0.113.0/24, with no host bit set";
const clientBlock = text(/^[\d./]+$/, cidrAllowed).refine(
  (value) => parseCidr(value) !== undefined,
  cidrAllowed,
);

const healthCheck = fields({
  path: text(/^\/[\w./~-]*$/, "a path such as /healthz").describe(
    "Path of the check. Status 200 means healthy. It must not depend on Redis",
  ),
  interval: whole(5, 300, "seconds").default(10).describe("Time between two checks"),
  timeout: whole(2, 120, "seconds").default(4).describe("Maximum time for a response"),
  healthyThreshold: whole(2, 10)
    .default(2)
    .describe("Consecutive successes after which a task is healthy"),
  unhealthyThreshold: whole(2, 10)
    .default(3)
    .describe("Consecutive failures after which a task is unhealthy and is replaced"),
  gracePeriod: whole(0, 3600, "seconds")
    .default(60)
    .describe("Time after the start of a task in which failures are ignored"),
}).refine(({ interval, timeout }) => timeout < interval, {
  path: ["timeout"],
  error: "less than interval",
});

const balanced = fields({
  healthCheck: healthCheck.describe("Health check that the load balancer sends to each task"),
  deregistrationDelay: whole(0, 3600, "seconds")
    .default(30)
    .describe("Time to finish open requests when a task is deregistered"),
  internal: flag()
    .optional()
    .describe(
      "Makes the load balancer reachable only from the VPC. Default: true if the network has no public subnets",
    ),
  allowedCidrs: listOf(clientBlock, 1, "1 or more IPv4 blocks")
    .max(50, "at most 50 IPv4 blocks")
    .default(["0.0.0.0/0"])
    .describe("Address blocks of clients that may connect"),
  certificateArn: certificateArn
    .optional()
    .describe("Certificate for HTTPS. HTTP is then redirected to HTTPS. Default: none, only HTTP"),
  sslPolicy: text(/^ELBSecurityPolicy-TLS13-1-[23]-[\w-]+$/, tlsPolicyAllowed)
    .default("ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
    .describe("TLS versions and ciphers of the HTTPS listener"),
  plainHttp: flag()
    .default(false)
    .describe("Allows a protected environment to be internet-facing without a certificate"),
  hostname: hostname
    .optional()
    .describe("Host name that clients use. It must be in the certificate"),
  hostedZoneId: text(/^Z[A-Z0-9]{3,31}$/, "the id of a Route 53 hosted zone such as Z0123ABC")
    .optional()
    .describe(
      "Hosted zone in which to create a record for hostname. Without it, create the record yourself",
    ),
  idleTimeout: whole(1, 4000, "seconds")
    .default(60)
    .describe(
      "Time after which an idle connection is closed. The app's own timeout must be longer",
    ),
  accessLogsBucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of an S3 bucket")
    .optional()
    .describe("Existing bucket for access logs. Its policy must allow the load balancer to write"),
})
  .refine(({ plainHttp, certificateArn: certificate }) => !plainHttp || certificate === undefined, {
    path: ["plainHttp"],
    error: "false with certificateArn",
  })
  .refine(({ hostname: name, hostedZoneId }) => hostedZoneId === undefined || name !== undefined, {
    path: ["hostname"],
    error: "a host name in the zone of hostedZoneId",
  });

export const loadBalancerSchema = either(
  (value) => typeof value === "object" && value !== null,
  balanced,
  z.literal(false, "an object with at least healthCheck: { path }, or false for a worker"),
).describe("Load balancer of the app, or false for a worker");

export type LoadBalancerConfig = z.output<typeof balanced>;

/** Whether the load balancer is reachable only from the VPC. */
export function isInternal(
  { internal }: Pick<LoadBalancerConfig, "internal">,
  hasPublicSubnets: boolean,
): boolean {
  return internal ?? !hasPublicSubnets;
}
