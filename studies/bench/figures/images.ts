import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Engine, engineImage, startLocalEcs, whyNoImages } from "../../../harness/ecs/index.ts";
import { messageOf } from "../../../command-line/error-text.ts";
import type { Figure, FigureContext, FigureReport } from "../figure.ts";
import type { RoundTimes } from "../rounds.ts";
import { shuffled } from "../statistics.ts";
import { compare } from "./race.ts";

const run = promisify(execFile);

const TITLE = "a container from an image, from start to end / the engine's own run";
const OURS = "local ECS, image in the cache";
const IMAGE = "localhost/bench-shell:1";
/** Milliseconds. */
const TIMEOUT = 60_000;

/** An image of this machine's shell. A container of it ends at once. */
const IMPORT = `tar --dereference -c /bin/sh $(ldd /bin/sh | grep -o '/[^ ]*') 2>/dev/null |
"$1" import --change 'CMD ["/bin/sh", "-c", ":"]' - "$2"`;

/** How long a container takes, in the local ECS and in the engine that has its image. */
export const imagesFigure: Figure = {
  name: "images",
  measure: async (context) => {
    const engine = Engine.find();
    if (engine === undefined) return skipped("podman or docker is not installed");
    const why = (await whyNoImages()) ?? (await engine.whyUnusable());
    if (why !== undefined) return skipped(why);
    const inEngine = () => run(engine.name, ["run", "--rm", IMAGE], { timeout: TIMEOUT });
    try {
      await run("/bin/sh", ["-c", IMPORT, "import", engine.name, IMAGE], { timeout: TIMEOUT });
      try {
        await inEngine();
      } catch (error) {
        return skipped(`${engine.name} runs no containers here: ${lastLine(messageOf(error))}`);
      }
      return await measure(engine, inEngine, context);
    } finally {
      await run(engine.name, ["rmi", IMAGE]).catch(() => {});
    }
  },
};

const skipped = (why: string): FigureReport[] => [{ name: "images", title: TITLE, skipped: why }];

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

async function measure(
  engine: Engine,
  inEngine: () => Promise<unknown>,
  context: FigureContext,
): Promise<readonly FigureReport[]> {
  const image = (await withOwnCache(() => engineImage(engine, IMAGE))) ?? {};
  try {
    await using ecs = await startLocalEcs({ template: template(), images: { shell: image } });
    await ecs.apply();
    const inEcs = async (): Promise<void> => {
      const { containers } = await ecs.runTask("shell");
      const [code] = containers.map(({ exitCode }) => exitCode);
      if (code !== 0) throw new Error(`the container ended with ${code}`);
    };
    const base = `${engine.name} run --rm`;
    const times = await timesOf({ [OURS]: inEcs, [base]: inEngine }, context);
    const goal = { most: 1 };
    return compare("images", times, [{ title: TITLE, entrant: OURS, base, goal }], "ms");
  } finally {
    if (image.root !== undefined)
      await rm(dirname(dirname(dirname(image.root))), { recursive: true });
  }
}

/** Calls it with an empty cache for the files of images. */
async function withOwnCache<T>(use: () => Promise<T>): Promise<T> {
  const { XDG_CACHE_HOME: before } = process.env;
  process.env["XDG_CACHE_HOME"] = await mkdtemp(join(tmpdir(), "bench-images-"));
  try {
    return await use();
  } finally {
    if (before === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = before;
  }
}

type Entrants = Readonly<Record<string, () => Promise<unknown>>>;

/** The ms of each run. Both run in turn, in a new random order each round. */
async function timesOf(entrants: Entrants, context: FigureContext): Promise<RoundTimes> {
  const { quick, random, signal } = context;
  const times = new Map(Object.keys(entrants).map((name) => [name, [] as number[][]]));
  for (let round = -1; round < (quick ? 5 : 40); round += 1) {
    for (const [name, entrant] of shuffled(Object.entries(entrants), random)) {
      signal.throwIfAborted();
      const started = performance.now();
      await entrant();
      // The first round warms up.
      if (round >= 0) times.get(name)?.push([performance.now() - started]);
    }
  }
  return times;
}

/** One host, and the definition of a task. */
const template = (): object => ({
  provider: { aws: [{ region: "eu-central-1" }] },
  resource: {
    aws_ecs_cluster: { main: { name: "bench" } },
    aws_launch_template: { hosts: { instance_type: "t3.small" } },
    aws_autoscaling_group: {
      hosts: {
        min_size: 1,
        max_size: 1,
        launch_template: { id: "${aws_launch_template.hosts.id}" },
      },
    },
    aws_ecs_task_definition: {
      shell: {
        family: "shell",
        network_mode: "bridge",
        requires_compatibilities: ["EC2"],
        container_definitions: JSON.stringify([
          { name: "shell", image: "localhost/shell:1", memory: 64, essential: true },
        ]),
      },
    },
  },
});
