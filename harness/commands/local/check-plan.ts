import {
  checkStart,
  findImage,
  type LocalImages,
  type Plan,
  repositoryOf,
} from "../../ecs/index.ts";
import { quoted, UsageError } from "../../../command-line/options.ts";
import { visible } from "../../../command-line/visible.ts";
import { npmCommand } from "../../../command-line/npm-command.ts";
import { nameOf } from "../../plays/setups/plan-roles.ts";
import { asOptionError, TemplateError } from "../shared/options/option-errors.ts";
import { collected, type Need, wordsOf } from "../shared/options/needs.ts";
import { type MissingProgram, missingPrograms, shortNameOf } from "../shared/images/plan-images.ts";
import { planWords, type RunOptions } from "../shared/options/options.ts";
import { withEvaluation } from "../shared/templates/evaluation.ts";
import { localSettings } from "../shared/templates/local-settings.ts";

/** What `--check` says of a plan. */
export interface PlanReport {
  /** Whether it comes up with the given options. */
  readonly comesUp: boolean;
  readonly services: readonly {
    readonly name: string;
    readonly tasks: number;
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly from: Origin;
    }[];
  }[];
  /** What it needs beside the given options. */
  readonly needs: readonly Need[];
  /** The command that gives it; undefined if nothing is needed. */
  readonly command: string | undefined;
  /** Differences from AWS, and what is not played, by resource or type. */
  readonly notes: readonly string[];
  /** Why it cannot be played at all, a line for each reason. */
  readonly refused: readonly string[];
}

/** What a container runs from: an image of an engine, a program of this machine, or this machine's Redis. */
type Origin = "image" | "program" | "redis";

/** Reads a plan, or evaluates a folder, and starts nothing. */
export async function checkPlan(options: RunOptions, signal?: AbortSignal): Promise<PlanReport> {
  try {
    const evaluated = await withEvaluation(options, signal);
    const { result, errors } = await collected((supposed) => localSettings(evaluated, supposed));
    const { plan, notes, local } = result;
    await checkStart(plan, local);
    const missing = await missingPrograms(plan, local.images);
    const programs = once(missing.map((each) => needOf(each, local.images)));
    const needs = [...errors.flatMap((error) => error.needs), ...programs];
    const comesUp = needs.length === 0;
    const words = [...planWords(options), ...needs.flatMap(wordsOf)];
    return {
      comesUp,
      services: servicesOf(plan, local.images),
      needs,
      command: comesUp
        ? undefined
        : [npmCommand("run local"), "--", ...words.map(quoted)].join(" "),
      notes,
      refused: [],
    };
  } catch (error) {
    const found = asOptionError(error, options.terraform === undefined ? "--plan" : "--terraform");
    if (!(found instanceof UsageError)) throw error;
    const refused = found instanceof TemplateError ? found.reasons : [found.reason];
    return { comesUp: false, services: [], needs: [], command: undefined, notes: [], refused };
  }
}

/** A `command` without an `entryPoint` is for the ENTRYPOINT of the image: then the image's program is missing. */
function needOf({ why, ...role }: MissingProgram, images: LocalImages): Need {
  const { image, entryPoint } = role.container;
  const name = nameOf(role);
  const local = findImage(images, image, name);
  return entryPoint === undefined && local.entryPoint === undefined
    ? {
        option: "image",
        name: shortNameOf(image),
        why: `the image ${repositoryOf(image)} takes a command, which is no program of this machine: ${why}`,
      }
    : { option: "container", name, why: `${name} cannot start here: ${why}` };
}

/** Several containers may need one option. */
const once = (needs: readonly Need[]): Need[] => [
  ...new Map(needs.map((need) => [`${need.option} ${need.name}`, need])).values(),
];

function servicesOf(
  { services, taskDefinitions }: Plan,
  images: LocalImages,
): PlanReport["services"] {
  return services.map(({ name, desiredCount: tasks, taskDefinition }) => ({
    name,
    tasks,
    containers: (taskDefinitions.get(taskDefinition)?.containers ?? []).map((container) => {
      const { root, programs } = findImage(images, container.image, container.name);
      const from = root !== undefined ? "image" : programs !== undefined ? "redis" : "program";
      return { name: container.name, image: container.image, from };
    }),
  }));
}

const ORIGINS: Readonly<Record<Origin, string>> = {
  image: "its image",
  program: "a program of this machine",
  redis: "this machine's Redis",
};

/** The report as one page. */
export function reportPage(report: PlanReport): string {
  const { comesUp, services, needs, command, notes, refused } = report;
  return [
    comesUp
      ? "It comes up:"
      : refused.length > 0
        ? "It is refused:"
        : "It comes up with what it needs:",
    ...refused.map((line) => `  ${line}`),
    ...services.flatMap(({ name, tasks, containers }) => [
      `  ${name}, ${tasks} task${tasks === 1 ? "" : "s"}`,
      ...containers.map((each) => `    ${each.name} (${each.image}) from ${ORIGINS[each.from]}`),
    ]),
    ...(needs.length > 0
      ? ["It needs from you:", ...new Set(needs.map(({ why }) => `  ${why}`))]
      : []),
    ...(command === undefined ? [] : [`  ${command}`]),
    ...(notes.length > 0 ? ["Different here:", ...notes.map((note) => `  ${note}`)] : []),
  ]
    .map(visible)
    .join("\n");
}
