import { describe, expect, it } from "vitest";
import { protectionReply } from "../../../../harness/ecs/agent/protection.ts";
import { type Run, withLocalEcs } from "../fixture/local.ts";
import { running, service } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";

const ROLE = { task_role_arn: "arn:aws:iam::111122223333:role/app" };
const IDLE = ["sh", "-c", "echo $ECS_AGENT_URI; exec sleep 600"];

/** Two idle tasks of the app, on hosts with this machine's network: the test itself reaches the agent. */
async function withApp(use: (run: Run) => Promise<void>, appTask: object = ROLE): Promise<void> {
  const options = { template: app("one", 2, appTask), platform: { networks: false } };
  await withLocalEcs({ ...options, images: { redis: { command: IDLE }, app: {} } }, async (run) => {
    await run.ecs.waitUntilStable();
    await use(run);
  });
}

const app = (release: string, desired_count: number, appTask: object = ROLE): object =>
  template({
    redisService: { desired_count: 0 },
    appService: { desired_count, load_balancer: [] },
    appContainer: { command: IDLE, environment: [{ name: "RELEASE", value: release }] },
    appTask,
  });

interface Reply {
  readonly protection?: Readonly<Record<string, unknown>>;
  readonly failure?: Readonly<Record<string, unknown>>;
  readonly error?: Readonly<Record<string, unknown>>;
}

/** Calls the endpoint of a task. @param body PUT; undefined: GET */
async function call({ ecs }: Run, id: string, body?: unknown): Promise<Reply & { status: number }> {
  await expect.poll(() => ecs.log(id)).toMatch(/^http/);
  const url = `${(await ecs.log(id)).trim()}/task-protection/v1/state`;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(url, body === undefined ? {} : { method: "PUT", body: text });
  return { status: response.status, ...((await response.json()) as Reply) };
}

const ids = ({ ecs }: Run): string[] => running(ecs, "test-app").map(({ id }) => id);

describe("a protected task", () => {
  it("is not stopped by scale-in until its protection ends", async () => {
    await withApp(async (run) => {
      // Scaling in would stop the newest first.
      const [, id = ""] = ids(run);
      expect((await call(run, id)).protection).toMatchObject({ ProtectionEnabled: false });
      const { protection } = await call(run, id, { ProtectionEnabled: true });
      const minutes = (Date.parse(String(protection?.["ExpirationDate"])) - Date.now()) / 60_000;
      expect(Math.round(minutes)).toBe(120);
      expect((await call(run, id)).protection).toEqual(protection);

      await run.ecs.apply(app("one", 1));
      await run.ecs.waitUntilStable();
      expect(ids(run)).toEqual([id]);

      await run.ecs.apply(app("one", 0));
      expect(service(run.ecs, "test-app").stable).toBe(false);
      expect(ids(run)).toEqual([id]);
      await call(run, id, { protectionEnabled: false });
      await run.ecs.waitUntilStable();
      expect(ids(run)).toEqual([]);
    });
  });

  it("outlives a deployment, which ends after it", async () => {
    await withApp(async (run) => {
      const [id = "", other = ""] = ids(run);
      await call(run, id, { ProtectionEnabled: true, ExpiresInMinutes: 2_880 });
      await run.ecs.apply(app("two", 2));
      await expect.poll(() => run.ecs.task(other).status).toBe("STOPPED");
      await expect.poll(() => ids(run)).toHaveLength(3);
      expect(service(run.ecs, "test-app").deployments[0]).toMatchObject({ rollout: "IN_PROGRESS" });
      await call(run, id, { ProtectionEnabled: false });
      await run.ecs.waitUntilStable();
      await expect.poll(() => run.ecs.task(id).status).toBe("STOPPED");
    });
  });

  it("is asked by its own containers alone, although everybody may know its id", async () => {
    await withApp(async (run) => {
      const [id = "", other = ""] = ids(run);
      await call(run, id);
      const own = (await run.ecs.log(id)).trim();
      const { origin } = new URL(own);
      const paths = ["/task-protection/v1/state", ""];
      const forged = [own.replace(id, other), `${origin}/api/${other}-app`];
      const urls = [
        ...forged.flatMap((url) => paths.map((path) => `${url}${path}`)),
        ...forged.map((url) => url.replace("/api/", "/v2/credentials/")),
        ...forged.map((url) => url.replace("/api/", "/v4/")),
      ];
      for (const url of urls) {
        const response = await fetch(url, { method: "PUT", body: '{"ProtectionEnabled":true}' });
        expect([400, 404], url).toContain(response.status);
        expect(await response.text()).not.toContain("AccessKeyId");
      }
      expect((await call(run, other)).protection).toMatchObject({ ProtectionEnabled: false });
      expect((await call(run, id)).status).toBe(200);
    });
  });

  it("needs a role", async () => {
    await withApp(async (run) => {
      const [id = ""] = ids(run);
      expect(await call(run, id)).toMatchObject({
        status: 403,
        error: { Code: "AccessDeniedException", Arn: expect.stringContaining(id) },
      });
    }, {});
  });
});

const taskOf = (isStandalone = false) => ({
  id: "0123",
  isStandalone,
  context: { revision: { definition: { taskRole: "app" } } },
});

describe("the protection endpoint", () => {
  const run = { region: "eu-central-1", account: "1", cluster: "test", task: () => undefined };
  const put = (body: string, of = taskOf()) =>
    protectionReply({ method: "PUT", body }, of as never, run);

  it.each([
    ["{}", "Invalid request: does not contain 'ProtectionEnabled' field"],
    ["half a {", "UpdateTaskProtection: failed to decode request"],
    ['{"ProtectionEnabled":"yes"}', "UpdateTaskProtection: failed to decode request"],
    ['{"ProtectionEnabled":true,"Other":1}', "UpdateTaskProtection: failed to decode request"],
    [
      '{"ProtectionEnabled":true,"ExpiresInMinutes":0}',
      "Invalid request: ExpiresInMinutes must be from 1 to 2880, got 0",
    ],
    [
      '{"ProtectionEnabled":true,"ExpiresInMinutes":2881}',
      "Invalid request: ExpiresInMinutes must be from 1 to 2880, got 2881",
    ],
  ])("refuses %s", (body, Message) => {
    const { status, body: text } = put(body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      error: { Code: "InvalidParameterException", Message },
    });
  });

  it("refuses a task of no service, an unknown one, and other methods", () => {
    const standalone = put('{"ProtectionEnabled":true}', taskOf(true));
    expect(JSON.parse(standalone.body)).toMatchObject({ failure: { Reason: "TASK_NOT_VALID" } });
    const get = { method: "GET", body: "" };
    expect(protectionReply(get, undefined, run).status).toBe(404);
    expect(protectionReply({ ...get, method: "POST" }, taskOf() as never, run).status).toBe(405);
  });
});
