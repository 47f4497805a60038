import { build } from "esbuild";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoImages } from "../../../../harness/ecs/index.ts";
import { type ImageFiles, imageFiles } from "../fixture/image-files.ts";
import { found, PROGRAM } from "./found.ts";

/** Why this machine cannot run containers from images; undefined if it can. */
const why = await whyNoImages();

describe.runIf(why === undefined)("a program with the AWS SDK, from an image", () => {
  let files: ImageFiles;
  beforeAll(async () => {
    files = imageFiles([process.execPath]);
    const options = { bundle: true, platform: "node", format: "esm" } as const;
    const banner = {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    };
    const outfile = join(files.root, "srv/sdk.mjs");
    await build({ entryPoints: [PROGRAM], outfile, banner, ...options });
  });
  afterAll(() => files[Symbol.dispose]());

  it.each(["bridge", "awsvpc", "host"])("finds ECS at 169.254.170.2 in %s mode", async (mode) => {
    const { run, env, credentials, instances, refused, task, metadataService } = await found({
      image: { root: files.root, command: ["node", "/srv/sdk.mjs"] },
      appTask: { network_mode: mode, task_role_arn: "arn:aws:iam::111122223333:role/app" },
    });
    const own = new RegExp(`^http://169\\.254\\.170\\.2/v4/${run.task.id}-app-[0-9a-f]{64}$`);
    expect(env["ECS_CONTAINER_METADATA_URI_V4"]).toMatch(own);
    expect(env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]).toMatch(/^\/v2\/credentials\//);
    expect(credentials).toMatchObject({ accessKeyId: "ASIALOCALECSTASKROLE" });
    expect(instances).toHaveLength(1);
    expect(refused).toMatchObject({ error: "NotInLocalEcs", attempts: 1 });
    expect(task).toMatchObject({ Family: "test-app" });
    // At once, whatever this machine reaches there.
    expect(metadataService).toMatchObject({ error: "TypeError" });
    expect(metadataService["took"]).toBeLessThan(1_000);
    const address = mode === "bridge" ? run.task.containers[0]?.address : run.task.address;
    const networks = [{ NetworkMode: mode, IPv4Addresses: [address] }];
    expect(task).toMatchObject({ Containers: [{ Networks: networks }] });
  });
});
