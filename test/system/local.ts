import { readFileSync } from "node:fs";
import { once } from "node:events";
import { resolve } from "node:path";
import { startLocalEcs, type LocalEcs, type LocalEcsOptions } from "../harness/local-ecs.ts";
import { type LocalImage, repositoryOf } from "../harness/tasks/image.ts";
import { redisImage } from "../harness/tasks/redis-image.ts";
import { findRedisServer } from "../support/redis-server.ts";
import { environmentArrangement, environmentNames, guestBook } from "./arrangements/environment.ts";
import { assignments, choiceArgument, command, orExit, parse, UsageError } from "./command-line.ts";
import { run } from "./interrupt.ts";
import { plainView } from "./view/audience.ts";

// `npm run local`: an environment on this machine, with a program of one's own as the app.

interface Options {
  readonly app?: string;
  readonly template?: string;
  readonly image: Readonly<Record<string, string>>;
  readonly user: Readonly<Record<string, string>>;
  readonly parameter: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, string>>;
}

const program = command("npm run local --", "Runs an environment here until Ctrl-C.")
  .addArgument(choiceArgument("[env]", "an environment of environments.ts", environmentNames))
  .option("--app <command>", "what the app's image is here (default: an app for trying it out)")
  .option("--template <file>", "a cdk.tf.json in place of an environment")
  .addOption(assignments("--image <name=command>", "what another image is here; may be repeated"))
  .addOption(assignments("--user <name=uid:gid>", "a user of the images; may be repeated"))
  .addOption(assignments("--parameter <name=value>", "an SSM parameter; may be repeated"))
  .addOption(assignments("--secret <name=value>", "a secret from elsewhere; may be repeated"));

/** Where the user is: npm itself goes to the package's folder. */
const HERE = process.env["INIT_CWD"] ?? process.cwd();

async function main(
  env: string | undefined,
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  process.env["REDIS_SERVER"] = await findRedisServer();
  await using ecs = await startLocalEcs(settings(env, options));
  plainView(process.stdout).onOpen?.(ecs);
  const stopped = once(signal, "abort");
  const deployed = ecs.apply().then(() => ecs.waitUntilStable());
  await Promise.race([stopped, deployed]);
  if (!signal.aborted) console.log(whereToGo(ecs));
  await stopped;
  return 0;
}

function settings(env: string | undefined, options: Options): LocalEcsOptions {
  const { parameter, secret, user: users } = options;
  const images = Object.fromEntries(
    Object.entries(options.image).map(([name, line]) => [name, { ...shell(line), users }]),
  );
  const app = { ...(options.app === undefined ? guestBook() : shell(options.app)), users };
  const local =
    env === undefined
      ? fromTemplate(resolve(HERE, options.template ?? ""), app, images)
      : environmentArrangement(env, { app }).local;
  return {
    template: local.template,
    images: { ...local.images, ...images },
    parameters: { ...local.parameters, ...parameter },
    secrets: { ...local.secrets, ...secret },
  };
}

/** Redis is known by its name; of the images that nobody named, the app is the only other one. */
function fromTemplate(
  template: string,
  app: LocalImage,
  named: Readonly<Record<string, LocalImage>>,
): Pick<LocalEcsOptions, "template" | "images" | "parameters" | "secrets"> {
  const repositories = repositoriesOf(readFileSync(template, "utf8"));
  const unknown = repositories.filter(
    (repository) =>
      !isRedis(repository) &&
      !Object.keys(named).some((name) => repository === name || repository.endsWith(`/${name}`)),
  );
  if (unknown.length > 1) {
    throw new UsageError(
      `error: which of ${unknown.join(", ")} is the app? Name the others: --image NAME=COMMAND`,
    );
  }
  const images = [
    ...repositories.filter(isRedis).map((repository) => [repository, redisImage()] as const),
    ...unknown.map((repository) => [repository, app] as const),
  ];
  return { template, images: Object.fromEntries(images) };
}

const isRedis = (repository: string): boolean => /(^|\/)(redis|valkey)$/.test(repository);

/** Every image of a template's containers, without tag or digest. */
function repositoriesOf(text: string): string[] {
  const images = [...text.matchAll(/\\"image\\":\\"([^"\\]+)\\"/g)].map(([, image = ""]) => image);
  return [...new Set(images.map(repositoryOf))];
}

/** A command as in a shell; a single program takes the shell's place, so that signals reach it. */
function shell(line: string): LocalImage {
  const isSingle = !/[;&|<>()\n]/.test(line);
  return { command: ["sh", "-c", isSingle ? `exec ${line}` : line], workingDirectory: HERE };
}

function whereToGo({ loadBalancers, dnsServer, services }: LocalEcs): string {
  const [, port = ""] = dnsServer.split(":");
  return [
    "",
    ...loadBalancers.map(({ name, url }) => `  ${name.padEnd(14)} ${url}`),
    `  ${"DNS".padEnd(14)} ${dnsServer} (dig @127.0.0.1 -p ${port} SRV NAME)`,
    `  ${"services".padEnd(14)} ${services.map(({ name }) => name).join(", ")}`,
    `  ${"".padEnd(14)} Ctrl-C ends it`,
    "",
  ].join("\n");
}

const [env, options] = orExit(() => {
  const given = parse(program, process.argv.slice(2)) as Options;
  const [name] = program.processedArgs as [string?];
  if ((name === undefined) !== (given.template === undefined)) return [name, given] as const;
  const names = environmentNames.join(", ");
  throw new UsageError(`error: give either an environment, one of ${names}, or --template FILE`);
});
run((signal) => main(env, options, signal));
