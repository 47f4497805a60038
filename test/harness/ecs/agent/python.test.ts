import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { findFirstCommand, thisSystem } from "../../../../harness/ecs/programs/operating-system.ts";
import { reported } from "./found.ts";

const python = findFirstCommand(thisSystem(), ["/usr/bin/python3", "python3"]);

it.runIf(python !== undefined)("a Python program finds ECS without an AWS SDK", async () => {
  const program = fileURLToPath(new URL("ecs.py", import.meta.url));
  const { report, run } = await reported({
    image: { command: [python ?? "", program] },
    appTask: { task_role_arn: "arn:aws:iam::111122223333:role/app" },
  });
  const { instances, ...others } = report as Record<string, unknown>;
  expect(others).toEqual({
    family: "test-app",
    container: "app",
    role: "arn:aws:iam::111122223333:role/app",
    protection: { ExpirationDate: null, ProtectionEnabled: false, TaskArn: expect.anything() },
  });
  // Without a resolver of its own it finds no names of the VPC.
  expect(run.hasNetworks ? instances : 1).toBe(1);
});
