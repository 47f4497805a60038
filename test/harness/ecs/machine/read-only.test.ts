import { describe, expect, it } from "vitest";
import { withReadOnly } from "../../../../harness/ecs/machine/read-only.ts";

const mounts = `/dev/vda / ext4 rw 0 0
proc /proc proc rw 0 0
tmpfs /dev/shm tmpfs rw 0 0
tmpfs /tmp tmpfs rw 0 0
/dev/vdb /srv/two\\040words ext4 rw 0 0
`;

const words = (rootExcept: readonly string[]): readonly string[] =>
  withReadOnly({ folders: ["/run/data"], rootExcept }, ["true"], mounts).filter((word) =>
    /^[a-z-]+=\//.test(word),
  );

describe("withReadOnly", () => {
  it("makes every mounted file system read-only but the kernel's own, and then the folders", () => {
    expect(words([])).toEqual([
      "remount=/",
      "remount=/tmp",
      "remount=/srv/two words",
      "read-only=/run/data",
    ]);
  });

  it("leaves what is to stay writable alone, a file system of its own as well", () => {
    expect(words(["/tmp", "/no-such-path"])).toEqual([
      "keep=/tmp",
      "remount=/",
      "remount=/srv/two words",
      "read-only=/run/data",
    ]);
  });

  it("mounts what a trial names where nothing else is mounted, as below a changed root", () => {
    const trial = { folders: ["/usr"], rootExcept: [] };
    const argv = withReadOnly(trial, ["true"], "proc /proc proc rw 0 0\n");
    expect(argv.slice(0, 2)).toEqual(["/usr/bin/unshare", "--mount"]);
    expect(argv).toContain("read-only=/usr");
  });

  it("leaves a program as it is to which nothing is read-only", () => {
    expect(withReadOnly({ folders: [], rootExcept: undefined }, ["true"])).toEqual(["true"]);
  });
});
