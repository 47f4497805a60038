import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import { minimalEnvironment } from "../support/template.ts";

const { app } = minimalEnvironment;
const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b";

const withBalancer = (loadBalancer: unknown) => refusedLines({ app: { ...app, loadBalancer } });

describe("a field of the load balancer that is refused", () => {
  const bad: [field: string, changes: object][] = [
    ["healthCheck", { healthCheck: undefined }],
    ["healthCheck.path", { healthCheck: { path: "healthz" } }],
    ["healthCheck.timeout", { healthCheck: { path: "/", interval: 5, timeout: 5 } }],
    ["deregistrationDelay", { deregistrationDelay: 3601 }],
    ["internal", { internal: "yes" }],
    ["allowedCidrs", { allowedCidrs: [] }],
    ["allowedCidrs.0", { allowedCidrs: ["10.0.0.1/8"] }],
    ["allowedCidrs.0", { allowedCidrs: ["::/0"] }],
    ["certificateArn", { certificateArn: "example.com" }],
    ["sslPolicy", { sslPolicy: "ELBSecurityPolicy-2016-08" }],
    ["sslPolicy", { sslPolicy: "ELBSecurityPolicy-TLS13-1-0-2021-06" }],
    ["plainHttp", { certificateArn, plainHttp: true }],
    ["hostname", { hostname: "App" }],
    ["hostname", { hostedZoneId: "Z0123ABC" }],
    ["hostedZoneId", { hostname: "a.example.com", hostedZoneId: "example.com" }],
    ["idleTimeout", { idleTimeout: 0 }],
    ["accessLogsBucket", { accessLogsBucket: "Logs" }],
    ["port", { port: 80 }],
  ];

  it.each(bad)("is %s of %j", (field, changes) => {
    const [line, ...more] = withBalancer({ ...app.loadBalancer, ...changes });
    expect(more).toEqual([]);
    expect(line).toMatch(new RegExp(`^dev\\.app\\.loadBalancer\\.${field.replace(".", "\\.")}: `));
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
