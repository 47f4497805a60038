import { findImage, type LocalImages, type Plan } from "../../../ecs/index.ts";

type Container = ReturnType<typeof containersOf>[number];

const containersOf = ({ taskDefinitions }: Plan) =>
  [...taskDefinitions.values()].flatMap((definition) =>
    definition.containers.map((container) => ({ ...container, definition })),
  );

const has =
  (is: (container: Container, images: LocalImages) => boolean) =>
  (plan: Plan, images: LocalImages): boolean =>
    containersOf(plan).some((container) => is(container, images));

const isProcess = ({ image, name }: Container, images: LocalImages): boolean =>
  findImage(images, image, name).root === undefined;

/** What this machine does not do as AWS does, and whether an environment has it. */
const ROWS: readonly (readonly [
  isIn: (plan: Plan, images: LocalImages) => boolean,
  text: (plan: Plan) => string,
])[] = [
  [
    has(({ cpu = 0, definition }) => cpu > 0 || definition.cpu !== undefined),
    () => "cpu limits no container, and no host is full of it",
  ],
  [
    has(({ definition }) => definition.networkMode === "awsvpc"),
    () => "a host has interfaces for any number of tasks",
  ],
  [
    has((each, images) => each.healthCheck !== undefined && isProcess(each, images)),
    () => "the health check of a process runs programs of this machine",
  ],
  [has(isProcess), () => "files that a process writes outside its volumes survive a redeploy"],
  [
    ({ hosts }) => (hosts.ignoredSettings ?? []).length > 0,
    ({ hosts }) => `user data: ${(hosts.ignoredSettings ?? []).join(", ")}`,
  ],
];

/** A line about what is not enforced for an environment, and one about log groups that may not exist. */
export function notEnforced(plan: Plan, images: LocalImages): string[] {
  const texts = ROWS.filter(([isIn]) => isIn(plan, images)).map(([, text]) => text(plan));
  const groups = [...plan.taskDefinitions.values()].flatMap(({ logGroups = [] }) => logGroups);
  return [
    ...(texts.length > 0
      ? [`Not enforced here: ${texts.join("; ")} (harness/ecs/README.md).`]
      : []),
    ...(groups.length > 0
      ? [
          `Log groups that the template does not create: ${[...new Set(groups)].join(", ")}. Where one does not exist, no container starts in AWS: CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.`,
        ]
      : []),
  ];
}
