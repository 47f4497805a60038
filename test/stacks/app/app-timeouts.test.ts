import { describe, expect, it } from "vitest";
import { devWith, minimalEnvironment, one } from "../support/template.ts";

function timeouts(changes: object, deregistrationDelay = 30): unknown {
  const loadBalancer = { ...minimalEnvironment.app.loadBalancer, deregistrationDelay };
  const app = { ...minimalEnvironment.app, loadBalancer, ...changes };
  return one(devWith({ app }), "aws_ecs_service", "app_service")["timeouts"];
}

const each = (time: string) => ({ create: time, update: time, delete: time });

describe("a deploy of the app", () => {
  it("uses the provider's default of 20 minutes if old tasks end within five", () => {
    expect(timeouts({})).toBeUndefined();
    expect(timeouts({ stopTimeout: 100 }, 200)).toBeUndefined();
  });

  it("waits until old tasks are deregistered and stopped", () => {
    expect(timeouts({ stopTimeout: 101 }, 200)).toEqual(each("21m"));
    expect(timeouts({ stopTimeout: 600 }, 3600)).toEqual(each("85m"));
    expect(timeouts({ stopTimeout: 3600, loadBalancer: false })).toEqual(each("75m"));
  });

  it("waits until ECS has watched the alarms of a release", () => {
    const alarms = { emails: ["oncall@example.com"] };
    const app = { ...minimalEnvironment.app, rollbackOnAlarms: true };
    const service = one(devWith({ app, alarms }), "aws_ecs_service", "app_service");
    expect(service["timeouts"]).toEqual(each("26m"));
  });

  it("takes twice as long in host mode", () => {
    expect(timeouts({ networkMode: "host", stopTimeout: 600 }, 3600)).toEqual(each("155m"));
  });
});
