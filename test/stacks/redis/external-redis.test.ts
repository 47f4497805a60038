import { describe, expect, it } from "vitest";
import { refusal, refusedLines } from "../support/refusal.ts";
import { all, container, devWith, minimalEnvironment, one } from "../support/template.ts";

const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:games/redis-a1B2c3";
const parameter = (name: string) => `arn:aws:ssm:eu-west-1:123456789012:parameter${name}`;

/** The app's variables for Redis: a value, or the ARN of a secret or parameter. */
function variables(redis: object): Record<string, string> {
  const { environment, secrets } = container(
    devWith({ redis: { kind: "external", ...redis } as never }),
    "app",
  );
  return Object.fromEntries([
    ...environment.filter(({ name }) => name === "REDIS_URL").map(({ value }) => ["url", value]),
    ...secrets.map(({ name, valueFrom }) => [name, valueFrom]),
  ]) as Record<string, string>;
}

describe("an external Redis", () => {
  it("may have a literal URL, and a password in a secret or parameter", () => {
    expect(variables({ url: "rediss://redis.example.com:6380", password: secret })).toEqual({
      url: "rediss://redis.example.com:6380",
      REDIS_PASSWORD: secret,
    });
    const password = { ssmParameter: "/redis/password" };
    expect(variables({ url: "redis+srv://cache.other-ecs/1", password })).toEqual({
      url: "redis+srv://cache.other-ecs/1",
      REDIS_PASSWORD: parameter("/redis/password"),
    });
  });

  it("may have both in one secret, with the keys url and password", () => {
    expect(variables({ url: secret })).toEqual({
      REDIS_URL: `${secret}:url::`,
      REDIS_PASSWORD: `${secret}:password::`,
    });
  });

  it("may have the URL in another key, and the password in another secret", () => {
    expect(variables({ url: `${secret}:address::` })).toEqual({
      REDIS_URL: `${secret}:address::`,
      REDIS_PASSWORD: `${secret}:password::`,
    });
    // The secret then contains only the URL.
    expect(variables({ url: secret, password: `${secret}:token::` })).toEqual({
      REDIS_URL: secret,
      REDIS_PASSWORD: `${secret}:token::`,
    });
  });

  it("may have both in parameters", () => {
    expect(
      variables({ url: { ssmParameter: "/redis/url" }, password: { ssmParameter: "/redis/pw" } }),
    ).toEqual({ REDIS_URL: parameter("/redis/url"), REDIS_PASSWORD: parameter("/redis/pw") });
  });

  it("creates no resources except the app's permission to read the secret", () => {
    const template = devWith({ redis: { kind: "external", url: secret } });
    const types = Object.keys(template.json.resource);
    expect(
      types.filter((type) => /efs|service_discovery|elasticache|secretsmanager/.test(type)),
    ).toEqual([]);
    expect(all(template, "aws_ecs_service").map(([id]) => id)).toEqual(["app_service"]);
    const policies = all(template, "aws_iam_role_policy");
    expect(policies.map(([id]) => id)).toEqual([
      "app_roles_execution_secrets",
      "cluster_role_shell",
    ]);
    expect(JSON.parse(String(policies[0]?.[1]["policy"]))).toMatchObject({
      Statement: [{ Action: "secretsmanager:GetSecretValue", Resource: [secret] }],
    });
  });

  it("has no alarms and no charts", () => {
    const template = devWith({
      redis: { kind: "external", url: secret },
      alarms: { emails: ["a@example.com"] },
    });
    const watched = [
      ...all(template, "aws_cloudwatch_metric_alarm"),
      ...all(template, "aws_cloudwatch_event_rule"),
    ].map(([id]) => id);
    expect(watched.filter((id) => /redis|efs/.test(id))).toEqual([]);
    const body = String(one(template, "aws_cloudwatch_dashboard")["dashboard_body"]);
    expect(body).toContain("Redis is run by somebody else");
    expect(body).not.toContain('"title":"Redis');
  });
});

describe("an external Redis is refused", () => {
  const url = "redis://redis.example.com";
  const bad: [what: string, redis: object, field: string, message: string][] = [
    [
      "with a password in its URL",
      { url: "redis://app:hunter2@redis.example.com:6379", password: secret },
      "redis.url",
      "Put the password in redis.password",
    ],
    ["with no password", { url }, "redis.password", "missing; allowed: the full ARN of a"],
    ["with a plain password", { url, password: "hunter2" }, "redis.password", "the full ARN of a"],
    ["with a size", { url, password: secret, memory: 512 }, "redis.memory", "unknown; allowed:"],
  ];

  it.each(bad)("%s", (_, redis, field, message) => {
    const [line, ...more] = refusedLines({ redis: { kind: "external", ...redis } });
    expect(more).toEqual([]);
    expect(line).toMatch(new RegExp(`^dev\\.${field.replace(".", "\\.")}: `));
    expect(line).toContain(message);
  });

  it("without showing the password in the error", () => {
    for (const password of ["hunter2", "hun:ter2"]) {
      const { message } = refusal({
        dev: {
          ...minimalEnvironment,
          redis: { kind: "external", url: `redis://app:${password}@redis.example.com` },
        },
      });
      expect(message).toContain("redis://app:***@redis.example.com");
      expect(message).not.toContain("ter2");
    }
  });

  it("with fields of a service", () => {
    const external = { kind: "external", url: secret };
    expect(refusedLines({ redis: external, fileSystem: {}, namespace: { name: "x" } })).toEqual([
      expect.stringMatching(/^dev\.fileSystem: .* not set with redis\.kind external/),
      expect.stringMatching(/^dev\.namespace: .* not set with redis\.kind external/),
    ]);
  });
});

describe("a password in a URL of the app's plain variables", () => {
  it("is refused, and not shown", () => {
    const environment = { CACHE: "rediss://:hunter2@cache.example.com", PAGE: "http://a.b/c:d@e" };
    expect(refusedLines({ app: { ...minimalEnvironment.app, environment } })).toEqual([
      expect.stringContaining(
        'dev.app.environment.CACHE: got "rediss://:***@cache.example.com"; allowed: ',
      ),
    ]);
  });
});
