import { describe, expect, it } from "vitest";
import { translate, translateVariables } from "../../../../harness/ecs/tasks/container-view.ts";

const view = {
  address: "127.20.0.11",
  ports: [{ containerPort: 6379, listenPort: 40_001 }],
  mounts: [
    { path: "/data", folder: "/run/efs/fs/redis", readOnly: false },
    { path: "/data/logs", folder: "/run/logs", readOnly: false },
  ],
  links: [
    {
      alias: "cache",
      ports: [{ containerPort: 6380, listenPort: 40_002 }],
      address: "127.20.0.200",
      programAddress: "127.20.0.11",
    },
  ],
};

describe("translate", () => {
  it.each([
    ["--dir /data", "--dir /run/efs/fs/redis"],
    ["9<>/data/.lock;x", "9<>/run/efs/fs/redis/.lock;x"],
    ['"/data"', '"/run/efs/fs/redis"'],
    ["/data/logs/a", "/run/logs/a"],
    ["DIR=/data", "DIR=/run/efs/fs/redis"],
    ["/database /data-old /var/data ./data x/data", "/database /data-old /var/data ./data x/data"],
    ["redis://localhost:6379/0", "redis://127.20.0.11:40001/0"],
    ["curl 127.0.0.1:6379", "curl 127.20.0.11:40001"],
    ["localhost:63790 other:6379", "localhost:63790 other:6379"],
    ["redis://cache:6380/0", "redis://127.20.0.11:40002/0"],
    [
      "my-cache:6380 cache:63801 cache.example:6380",
      "my-cache:6380 cache:63801 cache.example:6380",
    ],
  ])("%s becomes %s", (inside, outside) => {
    expect(translate(inside, view)).toBe(outside);
  });

  it("treats special characters in a path as text", () => {
    const mounts = [{ path: "/a+b(c)", folder: "/x$&y", readOnly: false }];
    expect(translate("cat /a+b(c)/f", { ...view, mounts })).toBe("cat /x$&y/f");
  });
});

describe("translateVariables", () => {
  it("sets PORT and HOST to the local port and address", () => {
    expect(translateVariables({ PORT: "6379", HOST: "0.0.0.0" }, view)).toEqual({
      PORT: "40001",
      HOST: "127.20.0.11",
    });
  });

  it("does not change another PORT or a HOST that is a name", () => {
    const environment = { PORT: "8080", HOST: "db.example", DIR: "/data" };
    expect(translateVariables(environment, view)).toEqual({
      PORT: "8080",
      HOST: "db.example",
      DIR: "/run/efs/fs/redis",
    });
  });

  it("adds no HOST for a container without published ports", () => {
    expect(translateVariables({ A: "b" }, { ...view, ports: [] })).toEqual({ A: "b" });
  });
});
