import { describe, expect, it } from "vitest";
import { all, devWith, minimalEnvironment, one, type Template } from "../support/template.ts";

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly region?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

function widgets(template: Template): Widget[] {
  const body = String(one(template, "aws_cloudwatch_dashboard")["dashboard_body"]);
  return (JSON.parse(body) as { widgets: Widget[] }).widgets;
}

function titles(template: Template): (string | undefined)[] {
  return widgets(template).map(({ properties }) => properties.title);
}

function byText(a: string, b: string): number {
  return a.localeCompare(b);
}

const alarms = { emails: ["oncall@example.com"] };

describe("the dashboard", () => {
  it("is on by default", () => {
    expect(one(devWith(), "aws_cloudwatch_dashboard")["dashboard_name"]).toBe("dev");
    expect(all(devWith({ dashboard: false }), "aws_cloudwatch_dashboard")).toEqual([]);
  });

  it("shows the SRV name of Redis", () => {
    expect(widgets(devWith())[0]?.properties.markdown).toContain("dev-redis.dev-ecs");
  });

  it("shows the state of all alarms", () => {
    const template = devWith({ alarms });
    const [shown] = widgets(template).filter(({ type }) => type === "alarm");
    expect(shown?.properties.alarms?.toSorted(byText)).toEqual(
      all(template, "aws_cloudwatch_metric_alarm")
        .map(([id]) => `\${aws_cloudwatch_metric_alarm.${id}.arn}`)
        .toSorted(byText),
    );
    expect(widgets(devWith()).filter(({ type }) => type === "alarm")).toEqual([]);
  });

  it("shows requests if there is a load balancer", () => {
    const requests = "App: requests a minute";
    expect(titles(devWith())).toContain(requests);
    const app = { ...minimalEnvironment.app, loadBalancer: false } as const;
    expect(titles(devWith({ app }))).not.toContain(requests);
  });

  it("shows Redis' own metrics if they are on", () => {
    const reporting = widgets(devWith({ redis: { metrics: true } }));
    const shown = reporting.flatMap(({ properties }) =>
      (properties.metrics ?? []).filter(([namespace]) => namespace === "Redis"),
    );
    expect(shown.map(([, name, dimension, service]) => [name, dimension, service])).toEqual(
      [
        "MemoryUsed",
        "MemoryResident",
        "Evictions",
        "Clients",
        "Commands",
        "CommandTime",
        "AppendFailed",
      ].map((name) => [name, "ServiceName", "dev-redis"]),
    );
    expect(titles(devWith())).not.toContain("Redis: evictions a minute");
  });

  it.each([
    ["with alarms", devWith({ alarms })],
    ["without", devWith()],
  ])("places its widgets in the grid without overlaps, %s", (_, template) => {
    const cells = widgets(template).flatMap(({ x, y, width, height }) => {
      expect(x + width).toBeLessThanOrEqual(24);
      return Array.from(
        { length: width * height },
        (_cell, i) => `${x + (i % width)},${y + Math.floor(i / width)}`,
      );
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it("has metrics with complete dimensions in the environment's region", () => {
    for (const { type, properties } of widgets(devWith({ alarms }))) {
      if (type !== "metric") continue;
      expect(properties.region).toBe("eu-west-1");
      for (const metric of properties.metrics ?? []) {
        expect(metric.length % 2).toBe(1);
        expect(metric.slice(0, -1).every((part) => typeof part === "string")).toBe(true);
        expect(metric.at(-1)).toMatchObject({
          stat: expect.any(String),
          label: expect.any(String),
        });
      }
    }
  });
});
