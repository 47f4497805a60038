import { type LocalImages, type Plan, repositoryOf } from "../../../ecs/index.ts";
import type { PlayedPlan } from "./saved-plans.ts";
import { visible } from "../../../../command-line/visible.ts";

/** The services of a plan and the commands that it runs on this machine. */
export function planSummary(played: PlayedPlan, images: LocalImages): string {
  const [first, ...next] = played.templates;
  const changed = next.map(({ plan }, index) => {
    const earlier = (next[index - 1] ?? first).plan;
    return ["then deployed:", ...servicesOf(plan, images, earlier)];
  });
  return [
    "From the plan:",
    ...servicesOf(first.plan, images),
    ...changed.flat(),
    ...planNotes(played).map((note) => `  ${note}`),
  ]
    .map(visible)
    .join("\n");
}

/** Differences from AWS, what is not played, and what containers get in place of unknown values. */
export const planNotes = ({ notes, inferred, placeholders, notPlayed }: PlayedPlan): string[] => [
  ...notes.map(({ address, text }) => `${address}: ${text}`),
  ...inferred.map(
    ({ argument, address }) => `inferred: ${argument} is ${address}, the only candidate`,
  ),
  ...placeholdersOf(placeholders),
  ...(notPlayed.length > 0 ? [`not played: ${notPlayed.join(", ")}`] : []),
];

/** What containers get in place of unknown values, with the options that set them. */
function placeholdersOf(placeholders: PlayedPlan["placeholders"]): string[] {
  if (placeholders.length === 0) return [];
  const words = placeholders.map(({ attribute }) => shown([`--value`, `${attribute}=TEXT`]));
  return [
    "not known before apply, so containers get:",
    ...placeholders.map(({ attribute, text }) => `  ${attribute}: ${text}`),
    `to set them: ${words.join(" ")}`,
  ];
}

/** @param earlier a plan; unchanged services are left out */
function servicesOf(plan: Plan, images: LocalImages, earlier?: Plan): string[] {
  const known = new Set(earlier && describe(earlier, images).map((lines) => lines.join("\n")));
  const changed = describe(plan, images).filter((lines) => !known.has(lines.join("\n")));
  return changed.length > 0 ? changed.flat() : ["  no service"];
}

function describe(plan: Plan, images: LocalImages): string[][] {
  return plan.services.map((service) => {
    const { name, desiredCount, taskDefinition, registries, targets, serviceConnect } = service;
    const definition = plan.taskDefinitions.get(taskDefinition);
    const names = registries.flatMap(({ address }) => {
      const found = plan.discovery.get(address);
      const types = found?.records.map(({ type }) => type).join(", ") || "by the API";
      return found ? [`found as ${found.name} (${types})`] : [];
    });
    const endpoints = (serviceConnect?.endpoints ?? []).map(
      ({ dnsName, port }) => `reached at ${dnsName}:${port} through Service Connect`,
    );
    const balanced = targets.length > 0 ? ["behind a load balancer"] : [];
    const tasks = `${desiredCount} task${desiredCount === 1 ? "" : "s"}`;
    const facts = [tasks, definition?.networkMode ?? "", ...names, ...endpoints, ...balanced];
    const containers = definition?.containers.flatMap((container) =>
      containerOf(container, images),
    );
    return [`  ${name}: ${facts.join(", ")}`, ...(containers ?? [])];
  });
}

type ContainerPlan =
  Plan["taskDefinitions"] extends ReadonlyMap<string, infer Definition>
    ? Definition extends { readonly containers: readonly (infer Container)[] }
      ? Container
      : never
    : never;

function containerOf(container: ContainerPlan, images: LocalImages): string[] {
  const { name, image, command, entryPoint, healthCheck, restartPolicy } = container;
  const { environment, secrets, workingDirectory } = container;
  // A variable such as NODE_OPTIONS or LD_PRELOAD can make a harmless command run other code.
  const variables = Object.entries(environment).map(([variable, value]) => `${variable}=${value}`);
  const local = images[image] ?? images[repositoryOf(image)];
  const argv = [
    ...(entryPoint ?? local?.entryPoint ?? []),
    ...(command ?? (entryPoint ? undefined : local?.command) ?? []),
  ];
  const restarts = restartPolicy?.enabled === true ? " (restarted in place)" : "";
  return [
    `    ${name} (${image})${restarts}`,
    `      runs   ${shown(argv)}`,
    ...(workingDirectory === undefined ? [] : [`      in     ${shown([workingDirectory])}`]),
    ...(variables.length === 0 ? [] : [`      with   ${shown(variables)}`]),
    ...(secrets.length === 0 ? [] : [`      secret ${shown(secrets.map((each) => each.name))}`]),
    ...(healthCheck ? [`      check  ${shown(healthCheck.argv)}`] : []),
  ];
}

/** The complete command on one line. The user reads it before it runs. */
const shown = (argv: readonly string[]): string =>
  argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
