import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalImage, type Platform, whyNoImages } from "../../../../harness/ecs/index.ts";
import { type DebianSdks, debianSdks } from "./debian-sdks.ts";
import { reported } from "./found.ts";

/** Why this machine cannot run containers from images; undefined if it can. */
const why = await whyNoImages();

const PROGRAM = fileURLToPath(new URL("sdk.py", import.meta.url));
const ROLE = "arn:aws:iam::111122223333:role/app";

/** A program in an image, and with the same SDK as a process of this machine. */
interface Ways {
  readonly image: LocalImage;
  readonly process: LocalImage;
}

const LANGUAGES: Readonly<Record<string, (sdks: DebianSdks) => Ways>> = {
  "Python (boto3)": ({ python }) => ({
    image: { root: python, command: ["python3", "/srv/sdk.py"] },
    process: {
      command: ["/usr/bin/python3", PROGRAM],
      environment: { PYTHONPATH: join(python, "usr/lib/python3/dist-packages") },
    },
  }),
  "Go (aws-sdk-go-v2)": ({ go }) => ({
    image: { root: go, command: ["/sdk"] },
    process: { command: [join(go, "sdk")] },
  }),
};

/** Where it runs, and in which network mode. */
const PLACES: readonly (readonly [string, keyof Ways, string, Partial<Platform>])[] = [
  ["an image in bridge mode", "image", "bridge", {}],
  ["an image in awsvpc mode", "image", "awsvpc", {}],
  ["an image in host mode", "image", "host", {}],
  ["a process with a network of its own", "process", "bridge", {}],
  ["a process with this machine's network", "process", "bridge", { networks: false }],
];

describe.runIf(why === undefined)("an unmodified program with an AWS SDK", () => {
  let sdks: DebianSdks | undefined;
  beforeAll(async () => {
    sdks = await debianSdks();
  }, 300_000);
  afterAll(() => sdks?.[Symbol.dispose]());

  describe.each(Object.entries(LANGUAGES))("in %s", (_, language) => {
    it.each(PLACES)("finds region, role, Cloud Map and metadata: %s", async (...place) => {
      const [, way, mode, platform] = place;
      if (sdks === undefined) throw new Error("no SDKs");
      const appTask = { network_mode: mode, task_role_arn: ROLE };
      const { report, run } = await reported({ image: language(sdks)[way], platform, appTask });
      expect(report).toMatchObject({
        region: "eu-central-1",
        credentials: { key: "ASIALOCALECSTASKROLE", token: "local-ecs" },
        instances: [{ ECS_SERVICE_NAME: "test-redis" }],
        refused: { code: "NotInLocalEcs", retried: false },
        container: { Name: "app", Type: "NORMAL" },
        task: {
          TaskARN: `arn:aws:ecs:eu-central-1:000000000000:task/test/${run.task.id}`,
          Family: "test-app",
          Containers: [{ Networks: [{ NetworkMode: mode }] }],
        },
      });
    });
  });
});
