import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import { minimalEnvironment } from "../support/template.ts";

const { app } = minimalEnvironment;
const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b";

const withBalancer = (loadBalancer: unknown) => refusedLines({ app: { ...app, loadBalancer } });

describe("a field of the load balancer that is refused", () => {
  const bad: [field: string, changes: object, message: string][] = [
    ["healthCheck", { healthCheck: undefined }, "missing; allowed: an object with fields path"],
    ["healthCheck.path", { healthCheck: { path: "healthz" } }, "a path such as /healthz"],
    [
      "healthCheck.timeout",
      { healthCheck: { path: "/", interval: 5, timeout: 5 } },
      "got 5; allowed: less than interval",
    ],
    ["deregistrationDelay", { deregistrationDelay: 3601 }, "from 0 to 3600 (seconds)"],
    ["internal", { internal: "yes" }, "true or false"],
    ["allowedCidrs", { allowedCidrs: [] }, "1 or more IPv4 blocks"],
    ["allowedCidrs.0", { allowedCidrs: ["10.0.0.1/8"] }, "no host bit set"],
    ["allowedCidrs.0", { allowedCidrs: ["::/0"] }, "an IPv4 block"],
    ["certificateArn", { certificateArn: "example.com" }, "the ARN of an ACM certificate"],
    ["sslPolicy", { sslPolicy: "ELBSecurityPolicy-2016-08" }, "only TLS 1.2 and 1.3"],
    ["sslPolicy", { sslPolicy: "ELBSecurityPolicy-TLS13-1-0-2021-06" }, "only TLS 1.2 and 1.3"],
    ["plainHttp", { certificateArn, plainHttp: true }, "got true; allowed: false"],
    ["hostname", { hostname: "App" }, "a lower-case host name"],
    ["hostname", { hostedZoneId: "Z0123ABC" }, "missing; allowed: a host name in the zone"],
    ["hostedZoneId", { hostname: "a.example.com", hostedZoneId: "example.com" }, "Route 53"],
    ["idleTimeout", { idleTimeout: 0 }, "from 1 to 4000 (seconds)"],
    ["accessLogsBucket", { accessLogsBucket: "Logs" }, "the name of an S3 bucket"],
    ["port", { port: 80 }, "unknown; allowed: fields healthCheck"],
  ];

  it.each(bad)("is %s of %j", (field, changes, message) => {
    const [line, ...more] = withBalancer({ ...app.loadBalancer, ...changes });
    expect(more).toEqual([]);
    expect(line).toMatch(new RegExp(`^dev\\.app\\.loadBalancer\\.${field.replace(".", "\\.")}: `));
    expect(line).toContain(message);
  });

  it.each([undefined, true, "none"])("is loadBalancer itself when it is %j", (loadBalancer) => {
    const [line = ""] = withBalancer(loadBalancer);
    expect(line).toMatch(/^dev\.app\.loadBalancer: (missing|got)/);
    expect(line).toContain("allowed: an object with at least healthCheck: { path }, or false");
  });
});

it("may be false for a worker", () => {
  const { image } = app;
  expect(() => withBalancer(false)).toThrow("the configuration was accepted");
  expect(() => refusedLines({ app: { image, loadBalancer: false } })).toThrow("was accepted");
});
