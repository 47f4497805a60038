import { type Command, Option } from "commander";
import type { EngineName } from "../../../ecs/index.ts";
import { assignments, choice, counts, someText, texts } from "../../../../command-line/options.ts";

// What several commands let a user choose. The parsed values are in options.ts.

const ENGINES = ["podman", "docker", "none"] as const satisfies readonly (EngineName | "none")[];

export const addInputOptions = (program: Command): Command =>
  addValueOptions(addAdjustmentOptions(addImageOptions(program)));

const addImageOptions = (program: Command): Command =>
  program
    .addOption(
      assignments(
        "--image <name=command>",
        "for an image: a command to run as a process, or the reference of an image that the engine has; may be repeated",
      ),
    )
    .addOption(
      assignments(
        "--build <name=folder>",
        "builds the folder's Dockerfile for an image; may be repeated",
      ),
    )
    .addOption(
      choice(
        "--engine <name>",
        "whose images run as they are (default: the first that is installed)",
        ENGINES,
      ),
    )
    .addOption(new Option("--pull", "fetches images that the engine does not have"))
    .addOption(
      choice(
        "--network <kind>",
        "host: containers share this machine's network (default: each has its own, where this machine allows it)",
        ["host"],
      ),
    )
    .addOption(
      choice(
        "--memory <kind>",
        "unlimited: no container has a memory limit (default: its definition's, where this machine allows it)",
        ["unlimited"],
      ),
    );

const addAdjustmentOptions = (program: Command): Command =>
  program
    .addOption(
      assignments(
        "--container <service/name=command>",
        "the whole command of one container, in place of its definition's; may be repeated",
      ),
    )
    .addOption(
      texts("--without <service[/name]>", "a service or container to leave out; may be repeated"),
    )
    .addOption(counts("--count <service=number>", "tasks of a service; may be repeated"));

const addValueOptions = (program: Command): Command =>
  program
    .addOption(
      assignments(
        "--user <name=uid:gid>",
        "the numeric ids of a user name in an image; may be repeated",
      ),
    )
    .addOption(assignments("--parameter <name=value>", "an SSM parameter; may be repeated"))
    .addOption(
      assignments("--secret <name=value>", "a secret outside the template; may be repeated"),
    )
    .addOption(
      assignments(
        "--env-file <name=file>",
        "a file in place of an environment file in S3, by its ARN or the last part of it; may be repeated",
      ),
    )
    .addOption(
      assignments(
        "--value, --attribute <address=value>",
        "an attribute that only AWS knows; may be repeated",
      ),
    )
    .addOption(
      assignments("--namespace <id=name>", "a namespace outside the template; may be repeated"),
    );

export const addSavedOptions = (program: Command): Command =>
  addTerraformOptions(program)
    .addOption(
      someText(
        "--plan <file>",
        "a plan or a state instead of an environment: the output of terraform show -json",
      ),
    )
    .addOption(someText("--then <file>", "a plan to deploy after --plan"))
    .addOption(
      assignments(
        "--resolve <address=address>",
        "the target of a reference that is unknown before apply; may be repeated",
      ),
    )
    .addOption(
      someText(
        "--configuration <folder>",
        "the .tf files of the plan, for container definitions that are unknown before apply (default: those beside it)",
      ),
    )
    .addOption(new Option("--yes", "run the commands of a plan without asking"));

/** Terraform's own spelling has one hyphen: {@link withTerraformFlags}. */
const addTerraformOptions = (program: Command): Command =>
  program
    .addOption(
      someText(
        "--terraform <folder>",
        "a folder of Terraform instead of an environment: Terraform evaluates it, without an account",
      ),
    )
    .addOption(
      assignments("--var <name=value>", "a variable of the folder, as -var; may be repeated"),
    )
    .addOption(texts("--var-file <file>", "variables of the folder, as -var-file; may be repeated"))
    .addOption(
      new Option(
        "--allow-provisioners",
        "evaluates a folder whose provisioners Terraform runs on this machine",
      ),
    );

/** `-var` and `-var-file` as Terraform has them. */
export const withTerraformFlags = (args: readonly string[]): string[] =>
  args.map((word) => word.replace(/^-(?=var(?:-file)?(?:=|$))/, "--"));

/** The options about the app of a plan and its users. */
export const addAppOptions = (program: Command): Command =>
  program
    .addOption(
      someText(
        "--app <command>",
        "the program to run as the app of a plan (default: a guest book)",
      ),
    )
    .addOption(
      someText(
        "--path <path>",
        "the path that users of a plan's app request with GET; 2xx is a success (default: the path of its health check)",
      ),
    );

export const addPlayOptions = (program: Command): Command =>
  program
    .addOption(
      assignments(
        "--role <role=service/container>",
        "the container that is app or redis, if the plan has several; may be repeated",
      ),
    )
    .addOption(
      new Option(
        "--guest-book",
        "the app of --image or --app answers POST /guests/NAME and GET /guests: users sign, and no signature may be lost",
      ),
    );
