import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { whyNoImages } from "../../../../harness/ecs/index.ts";

const CHECK = `import { whyNoImages } from "${import.meta.resolve("../../../../harness/ecs/index.ts")}";
console.log(await whyNoImages());`;

it.runIf((await whyNoImages()) === undefined)(
  "a folder for temporary files that is an overlay, as in a container, is named, with what to do",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "check-"));
    const [lower, upper, work, whole] = ["lower", "upper", "work", "whole"].map((name) => {
      mkdirSync(join(folder, name));
      return join(folder, name);
    });
    const mount = `mount -t overlay overlay -o lowerdir=${lower},upperdir=${upper},workdir=${work} ${whole}`;
    const node = [process.execPath, "--import", "tsx", "--input-type=module", "--eval", CHECK];
    const args = ["--mount", "sh", "-c", `${mount} && TMPDIR=${whole} exec "$@"`, "sh", ...node];
    try {
      expect(execFileSync("unshare", args, { encoding: "utf8", timeout: 60_000 }).trim()).toBe(
        `containers from images need overlayfs: no overlay can be mounted in ${whole}; in a container, mount a volume there`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
