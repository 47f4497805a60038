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
  it("makes all mounted file systems read-only, except the kernel's, then the folders", () => {
    expect(words([])).toEqual([
      "remount=/",
      "remount=/tmp",
      "remount=/srv/two words",
      "read-only=/run/data",
    ]);
  });

  it("keeps writable paths, including mounted file systems", () => {
    expect(words(["/tmp", "/no-such-path"])).toEqual([
      "keep=/tmp",
      "remount=/",
      "remount=/srv/two words",
      "read-only=/run/data",
    ]);
  });

  it("mounts the folders even if nothing else is mounted, as in a chroot", () => {
    const trial = { folders: ["/usr"], rootExcept: [] };
    const argv = withReadOnly(trial, ["true"], "proc /proc proc rw 0 0\n");
    expect(argv.slice(0, 2)).toEqual(["/usr/bin/unshare", "--mount"]);
    expect(argv).toContain("read-only=/usr");
  });

  it("does not change a program without read-only folders", () => {
    expect(withReadOnly({ folders: [], rootExcept: undefined }, ["true"])).toEqual(["true"]);
  });
});
