import { createHash } from "node:crypto";
import { arnOf, type RegionAndAccount } from "../terraform/types/aws-names.ts";
import type { AgentRun } from "./agent-run.ts";

type Where = RegionAndAccount & Pick<AgentRun, "cluster">;

export const taskArnOf = (taskId: string, where: Where): string =>
  arnOf("aws_ecs_task", `${where.cluster}/${taskId}`, where);

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-arn-timeline */
export const containerArnOf = (taskId: string, name: string, where: Where): string =>
  arnOf("aws_ecs_container", `${where.cluster}/${taskId}/${uuidOf(`${taskId}/${name}`)}`, where);

/** @param role an ARN, or a name if the template does not tell the ARN */
export const roleArnOf = (role: string, where: RegionAndAccount): string =>
  role.startsWith("arn:") ? role : arnOf("aws_iam_role", role, where);

/** The form of a name that the agent gives to a container of Docker. */
export const dockerNameOf = (label: string, taskId: string, name: string): string =>
  `ecs-${label.replace(/:(\d+)$/, "-$1")}-${name}-${digestOf(`${name}/${taskId}`).slice(0, 20)}`;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const uuidOf = (text: string): string =>
  digestOf(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
