import { describe, expect, it } from "vitest";
import { releasedImage } from "../../../tools/emulated/release.ts";

const DIGEST = `sha256:${"e".repeat(64)}`;

describe("the released image", () => {
  it.each([
    ["app:1.0.0", "app:emulated-release"],
    ["registry:5000/a/app:1", "registry:5000/a/app:emulated-release"],
    [`registry:5000/app@sha256:${"1".repeat(64)}`, `registry:5000/app@${DIGEST}`],
    [`app:1@sha256:${"1".repeat(64)}`, `app@${DIGEST}`],
  ])("for %s is %s", (image, released) => {
    expect(releasedImage(image)).toBe(released);
  });
});
