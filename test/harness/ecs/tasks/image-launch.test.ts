import { randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalImage, startLocalEcs, whyNoImages } from "../../../../harness/ecs/index.ts";
import { hostnameOf } from "../../../../harness/ecs/tasks/container-context.ts";
import { type ImageFiles, imageFiles } from "../fixture/image-files.ts";
import { images } from "../fixture/local-images.ts";
import { type Run, withLocalEcs } from "../fixture/local.ts";
import { auth, killed, knock, opened, redisAlone } from "../fixture/one-redis.ts";
import { asking, server } from "../fixture/linked-redis.ts";
import { replyOf } from "../fixture/redis-client.ts";
import { onlyTask, redis, running } from "../fixture/services.ts";
import { efsVolume, type Overrides, template } from "../fixture/template.ts";

/** Why this machine cannot run them; undefined if it can. */
const why = await whyNoImages();

let files: ImageFiles;
let bare: ImageFiles;
beforeAll(() => {
  files = imageFiles();
  // As in a distroless image: no shell.
  bare = imageFiles(["redis-server", "redis-cli"]);
});
afterAll(() => {
  for (const each of [files, bare]) each[Symbol.dispose]();
});

const SERVER =
  'exec redis-server --dir /data --appendonly yes --protected-mode no --requirepass "$REDIS_PASSWORD"';

const withImage = (image: LocalImage, overrides: Overrides, use: (run: Run) => Promise<void>) =>
  withLocalEcs(
    {
      template: template({ ...redisAlone, ...overrides }),
      images: { ...images(), redis: image },
      healthLag: 10,
      speed: 10,
    },
    async (run) => {
      await run.ecs.waitUntilStable();
      await use(run);
    },
  );

/** Kilobytes on the disk. Other file systems in it do not count. */
const sizeOf = (folder: string): number =>
  Number.parseInt(execFileSync("du", ["-skx", folder]).toString(), 10);

const own = (): LocalImage => ({ root: files.root, users: { redis: "999:999" } });
/** Text that Redis cannot compress. */
const noise = (): string => randomBytes(1_000).toString("base64");
/** This machine's end of a container's network. Other runs have some too. */
const interfaceTo = (address = ""): string =>
  /dev (ecs-\w+)/.exec(execFileSync("ip", ["route", "show", address]).toString())?.[1] ?? "";

describe.runIf(why === undefined)("a container from an image", () => {
  it("has its own files, user, names and network, and is reached at its host port", async () => {
    const say = "id; cat /etc/hostname /etc/resolv.conf /proc/sys/kernel/hostname; echo home $HOME";
    const redisContainer = { user: "redis", command: ["sh", "-c", `${say}; ${SERVER}`] };
    let connected = "";
    await withImage(own(), { redisContainer }, async ({ ecs }) => {
      const task = onlyTask(ecs, "test-redis");
      expect(await redis(task, auth(ecs), "SET key value")).toContain("+OK");
      const said = await ecs.log(task.id, "redis");
      expect(said).toMatch(/^uid=999\(redis\) gid=999\(redis\)/m);
      expect(said).toContain("home /srv");
      expect(said).toMatch(/^nameserver 127\./m);
      expect(said.match(new RegExp(`^${hostnameOf(task.id, "redis")}$`, "gm"))).toHaveLength(2);
      connected = interfaceTo(task.containers[0]?.address);
      expect(Object.keys(networkInterfaces())).toContain(connected);

      // It is another container with the same data.
      const next = await killed(ecs, task);
      expect(await redis(next, auth(ecs), "GET key")).toContain("value");
    });
    await expect.poll(() => Object.keys(networkInterfaces())).not.toContain(connected);
  });

  it("has the HOSTNAME of its image or definition, and another name for the kernel", async () => {
    const image = { ...own(), environment: { HOSTNAME: "0.0.0.0" } };
    const command = ["sh", "-c", `echo $HOSTNAME; cat /etc/hostname; ${SERVER}`];
    for (const [environment, expected] of [
      [[], "0.0.0.0"],
      [[{ name: "HOSTNAME", value: "::" }], "::"],
    ] as const) {
      await withImage(image, { redisContainer: { command, environment } }, async ({ ecs }) => {
        const { id } = onlyTask(ecs, "test-redis");
        await expect
          .poll(() => ecs.log(id, "redis"))
          .toMatch(new RegExp(`^${expected}\n${hostnameOf(id, "redis")}\n`));
      });
    }
  });

  it("has the image's files, owners and permissions in a new volume", async () => {
    const folder = join(files.root, "srv/own");
    mkdirSync(folder, { mode: 0o750 });
    writeFileSync(join(folder, "file"), "from the image\n");
    for (const file of [folder, join(folder, "file")]) chownSync(file, 999, 999);
    const redisContainer = {
      user: "redis",
      command: ["sh", "-c", `cat /srv/own/file; touch /srv/own/new && echo written; ${SERVER}`],
      mountPoints: [
        { sourceVolume: "data", containerPath: "/data" },
        { sourceVolume: "own", containerPath: "/srv/own" },
      ],
    };
    const redisTask = { volume: [efsVolume("data"), { name: "own" }] };
    await withImage(own(), { redisContainer, redisTask }, async ({ ecs }) => {
      const { id } = onlyTask(ecs, "test-redis");
      await expect.poll(() => ecs.log(id, "redis")).toMatch(/^from the image\nwritten\n/);
      expect(existsSync(join(folder, "new"))).toBe(false);
    });
  });

  it("changes only its own copy of the files, or none with a read-only root", async () => {
    const write = "touch /etc/changed && echo written || echo refused";
    const command = ["sh", "-c", `${write}; touch /tmp/x && echo temporary; ${SERVER}`];
    for (const readonlyRootFilesystem of [false, true]) {
      const linuxParameters = { tmpfs: [{ containerPath: "/tmp", size: 16 }] };
      const redisContainer = { command, readonlyRootFilesystem, linuxParameters };
      await withImage(own(), { redisContainer }, async ({ ecs }) => {
        const { id } = onlyTask(ecs, "test-redis");
        await expect.poll(() => ecs.log(id, "redis")).toMatch(/^temporary$/m);
        const said = await ecs.log(id, "redis");
        expect(said).toMatch(readonlyRootFilesystem ? /^refused$/m : /^written$/m);
      });
    }
  });

  it("has its working directory, also if the image's files lack it", async () => {
    const command = ["sh", "-c", "pwd; exec sleep 1000"];
    const image: LocalImage = { ...own(), workingDirectory: "/not/there" };
    const redisContainer = { command, secrets: [], mountPoints: [], readonlyRootFilesystem: true };
    const overrides = { redisContainer, redisTask: { volume: [] } };
    await withImage(image, overrides, async ({ ecs }) => {
      const { id } = onlyTask(ecs, "test-redis");
      await expect.poll(() => ecs.log(id, "redis")).toBe("/not/there\n");
    });
  });

  it("needs no shell: its health check is a program of the image", async () => {
    const check = ["CMD", "redis-cli", "-h", "localhost", "-p", "6379", "ping"];
    const healthCheck = { command: check, interval: 5, timeout: 5, retries: 2, startPeriod: 0 };
    const command = ["redis-server", "--protected-mode", "no", "--save", ""];
    const redisContainer = { command, healthCheck, secrets: [] };
    await withImage({ root: bare.root }, { redisContainer }, async ({ ecs }) => {
      const task = onlyTask(ecs, "test-redis");
      await expect.poll(() => ecs.task(task.id).health).toBe("HEALTHY");
    });
  });

  it("gets the image's stop signal, and is killed if it ignores it", async () => {
    const command = [
      "sh",
      "-c",
      'trap "echo quit" QUIT; trap "echo term" TERM; echo ready; while :; do sleep 0.1; done',
    ];
    const redisContainer = { command, stopTimeout: 2, linuxParameters: undefined };
    const image: LocalImage = { ...own(), stopSignal: "SIGQUIT" };
    await withImage(image, { redisContainer }, async ({ ecs }) => {
      const { id } = onlyTask(ecs, "test-redis");
      await expect.poll(() => ecs.log(id, "redis")).toContain("ready");
      const gone = { ...redisAlone, redisContainer, redisService: { desired_count: 0 } };
      await ecs.apply(template(gone));
      await expect.poll(() => ecs.task(id).status).toBe("STOPPED");
      expect(ecs.task(id).containers[0]?.exitCode).toBe(137);
      expect(await ecs.log(id, "redis")).toMatch(/^quit$/m);
      expect(await ecs.log(id, "redis")).not.toMatch(/^term$/m);
    });
  });

  it("is frozen, cut off and filled like any other", async () => {
    await withImage(
      own(),
      { redisContainer: { command: ["sh", "-c", SERVER] } },
      async ({ ecs }) => {
        const task = onlyTask(ecs, "test-redis");
        await opened(task);
        ecs.faults.freeze(task.id);
        expect(await knock(task)).toBe("open");
        ecs.faults.thaw(task.id);
        expect(await redis(task, auth(ecs), "SET a 1")).toContain("+OK");
        await ecs.faults.partition("test-redis", true);
        expect(await knock(task)).toBe("silent");
        await ecs.faults.partition("test-redis", false);
        expect(await redis(task, auth(ecs), "GET a")).toContain("1");
      },
    );
  });

  it("loads slowly with slow storage", async () => {
    await withImage(
      own(),
      { redisContainer: { command: ["sh", "-c", SERVER] } },
      async ({ ecs }) => {
        const { id } = onlyTask(ecs, "test-redis");
        const task = () => ecs.task(id);
        // It replies while it loads the base file, every kilobyte.
        const keys = Array.from({ length: 200 }, (_, key) => `SET key:${key} ${noise()}`);
        await redis(task(), auth(ecs), ...keys, "BGREWRITEAOF");
        const info = () => redis(task(), auth(ecs), "INFO persistence");
        await expect.poll(info).toContain("aof_rewrite_in_progress:0");
        // A minute, if it were not killed.
        ecs.faults.slowStorage({ keyLoadDelayMicros: 300_000 });
        ecs.faults.kill(id);
        await expect.poll(() => task().status).toBe("STOPPED");
        await expect.poll(() => running(ecs, "test-redis").length).toBe(1);
        const next = onlyTask(ecs, "test-redis");
        const reply = () => replyOf(next, [auth(ecs), "GET key:1"]).catch(() => []);
        await expect.poll(reply).toContainEqual(expect.stringMatching(/^-LOADING/));
        expect(await ecs.log(next.id)).not.toContain("Ready to accept");
      },
    );
  });

  it("shares the image's files with the containers of nineteen other tasks, and changes none", async () => {
    const command = ["sh", "-c", "echo own > /etc/own; exec sleep 1000"];
    const overrides = {
      redisContainer: { command, memory: 16, secrets: [], mountPoints: [] },
      redisTask: { volume: [] },
      redisService: { desired_count: 20, service_registries: undefined },
      group: { min_size: 4 },
    };
    const before = sizeOf(files.root);
    await withImage(own(), overrides, async ({ ecs }) => {
      const tasks = running(ecs, "test-redis");
      expect(tasks).toHaveLength(20);
      const folder = dirname(dirname(ecs.logFile(tasks[0]?.id ?? "")));
      const changed = () =>
        execFileSync("find", [folder, "-name", "own", "-size", "+0"]).toString();
      await expect.poll(() => changed().trim().split("\n")).toHaveLength(20);
      // All of them together take less than one image.
      expect(before).toBeGreaterThan(5_000);
      expect(sizeOf(folder)).toBeLessThan(before / 4);
    });
    expect(sizeOf(files.root)).toBe(before);
    expect(existsSync(join(files.root, "etc/own"))).toBe(false);
  });
});

const task = (redisTask: object, ...containers: object[]): Overrides => ({
  redisTask: { volume: [], container_definitions: JSON.stringify(containers), ...redisTask },
});

describe.runIf(why === undefined)("containers of one task", () => {
  it("share localhost in awsvpc mode", async () => {
    const both = [{ ...server, portMappings: [{ containerPort: 6379 }] }, asking("localhost")];
    const overrides = task({ network_mode: "awsvpc" }, ...both);
    const redisService = { network_configuration: { subnets: ["subnet-1"] } };
    await withImage(own(), { ...overrides, redisService }, async ({ ecs }) => {
      const { id } = onlyTask(ecs, "test-redis");
      await expect.poll(() => ecs.log(id, "asking")).toContain("PONG");
    });
  });

  it("find each other by links in bridge mode, where each has its own localhost", async () => {
    const linked = { ...asking("cache"), links: ["redis:cache"] };
    const alone = { ...asking("localhost"), name: "alone" };
    await withImage(own(), task({}, server, linked, alone), async ({ ecs }) => {
      const { id } = onlyTask(ecs, "test-redis");
      await expect.poll(() => ecs.log(id, "asking")).toContain("PONG");
      await expect.poll(() => ecs.log(id, "alone")).toContain("Connection refused");
    });
  });

  it("find a port that only the image exposes by a link's variables, and its hostname", async () => {
    const { portMappings: _, ...unpublished } = server;
    const say = 'echo "$CACHE_PORT_6379_TCP"; cat /etc/hosts; exec sleep 60';
    const linked = { ...asking("cache"), command: ["sh", "-c", say], links: ["redis:cache"] };
    const store = { ...unpublished, hostname: "store" };
    const image = { ...own(), exposes: [6379] };
    const overrides = {
      ...task({}, store, linked),
      redisService: { service_registries: undefined },
    };
    await withImage(image, overrides, async ({ ecs }) => {
      const { id, containers } = onlyTask(ecs, "test-redis");
      const { address } = containers.find(({ name }) => name === "redis") ?? {};
      await expect.poll(() => ecs.log(id, "asking")).toContain(`tcp://${address}:6379\n`);
      await expect
        .poll(() => ecs.log(id, "asking"))
        .toContain(`${address}\tcache\n${address}\tstore\n`);
    });
  });
});

describe.runIf(why === undefined)("an image", () => {
  it("without the program is refused in Docker's words", async () => {
    const redisContainer = { command: ["no-such-program"] };
    const redisService = { deployment_circuit_breaker: { enable: true, rollback: false } };
    await withLocalEcs(
      {
        template: template({ ...redisAlone, redisContainer, redisService }),
        images: { ...images(), redis: own() },
      },
      async ({ ecs }) => {
        await expect(ecs.waitUntilStable()).rejects.toThrow(
          'exec: "no-such-program": executable file not found in $PATH',
        );
      },
    );
  });
});

it.runIf(why !== undefined)("a machine that cannot run images says why", async () => {
  const options = { template: template(redisAlone), images: { ...images(), redis: own() } };
  await expect(startLocalEcs(options)).rejects.toMatchObject({
    code: "ERR_PLATFORM",
    message: why,
  });
});

it("an option that does not go with images is refused", async () => {
  const options = { template: template(redisAlone), platform: { networks: false } };
  const asked = startLocalEcs({ ...options, images: { ...images(), redis: own() } });
  await expect(asked).rejects.toThrow("option platform.networks: containers from images need");
});
