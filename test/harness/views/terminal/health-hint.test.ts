import { describe, expect, it } from "vitest";
import { readTemplate, type TargetState } from "../../../../harness/ecs/index.ts";
import { endHint, healthHint, portHint } from "../../../../harness/views/terminal/health-hint.ts";
import { template } from "../../ecs/fixture/template.ts";

const known = { parameters: {}, drawn: new Map() };
const { plan } = await readTemplate(template(), known);
const [group] = [...plan.targetGroups.values()];

const failing = (failure: string): TargetState => ({
  targetGroup: group?.name ?? "",
  service: "test-app",
  taskId: "3dd8a4".padEnd(32, "0"),
  state: "initial",
  failure,
  containerPort: 3_000,
  listenPort: 21_234,
});

describe("a hint about a health check", () => {
  it.each([
    ["Health checks failed with these codes: [404]", "GET /healthz gave status 404; expected 200"],
    ["Request timed out", "GET /healthz gave no answer within"],
    ["Health checks failed: read ECONNRESET", "GET /healthz failed: read ECONNRESET"],
    [
      "Health checks failed: connect ECONNREFUSED 127.9.9.11:40001",
      "was refused: no program listens",
    ],
  ])("after '%s' has the request and the response", (failure, said) => {
    const hint = healthHint(failing(failure), plan);
    expect(hint.split("\n")[0]).toContain(
      "! test-app 3dd8a4 fails its health check: GET /healthz ",
    );
    expect(hint).toContain(said);
  });

  it("names the port if no program listens", () => {
    const refused = failing("Health checks failed: connect ECONNREFUSED 127.9.9.11:40001");
    expect(healthHint(refused, plan)).toContain(
      "Listen on PORT, 21234 in this task (it replaces the container's port 3000), on every address",
    );
    expect(healthHint(failing("Request timed out"), plan)).not.toContain("Listen on PORT");
  });
});

describe("a hint about a port", () => {
  const task = { service: "test-app", taskId: "3dd8a4".padEnd(32, "0") };

  it("names the taken port, PORT and the reason", () => {
    const log = "Error: listen EADDRINUSE: address already in use :::3000\n  code: 'EADDRINUSE',\n";
    const hint = portHint(task, { containerPort: 3_000, listenPort: 21_234 }, log);
    expect(hint).toContain("test-app 3dd8a4 tried to listen on a taken port, 3000.");
    expect(hint).toContain("must listen on the port that PORT names, 21234 in this task.");
    expect(hint).toContain("its own PORT");
  });

  it("is undefined where each task has its own ports", () => {
    const own = { containerPort: 3_000, listenPort: 3_000 };
    expect(portHint(task, own, "Error: listen EADDRINUSE: :::3000\n")).toBeUndefined();
  });
});

const end = (service: string) =>
  endHint({ service, taskId: "3dd8a4".padEnd(32, "0") }, 1, "Error: no table\n", plan);

describe("a hint about an end", () => {
  it("says that a task counts as failed if a health check decides about it", () => {
    expect(end("test-app")).toContain("ended with exit code 1: Error: no table");
    expect(end("test-app")).toContain("counts as failed.");
  });

  it("says that a task does not count as failed without a health check", () => {
    expect(end("test-redis")).toContain("does not count as failed without a health check");
  });
});
