import { z } from "zod";
import type { Task } from "../tasks/task.ts";
import type { AgentRun } from "./agent-run.ts";
import { taskArnOf } from "./arns.ts";
import { json, type Reply } from "./reply.ts";

/** Minutes. */
const DEFAULT = 120;
const LONGEST = 2_880;

/** Go's decoder, and so the agent, ignores the case of names. */
const Update = z.preprocess(
  (body) =>
    typeof body === "object" && body !== null
      ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]))
      : body,
  z.strictObject({
    protectionenabled: z.boolean().optional(),
    expiresinminutes: z.int().optional(),
  }),
);

/**
 * Protects a task from scale-in and deployments, as ECS' agent and UpdateTaskProtection do.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export function protectionReply(
  { method, body }: { readonly method: string | undefined; readonly body: string | undefined },
  task: Task | undefined,
  run: AgentRun | undefined,
): Reply {
  if (task === undefined || run === undefined) {
    return failed(404, "ResourceNotFoundException", "Failed to find a task for the request");
  }
  const arn = taskArnOf(task.id, run);
  if (method !== "GET" && method !== "PUT") return json(405, "method not allowed");
  const update = method === "PUT" ? Update.safeParse(parsed(body)) : undefined;
  if (update?.success === false) {
    const message = "UpdateTaskProtection: failed to decode request";
    return failed(400, "InvalidParameterException", message);
  }
  const wrong = update === undefined ? undefined : whyWrong(update.data);
  if (wrong !== undefined) return failed(400, "InvalidParameterException", wrong, arn);
  if (task.context.revision.definition.taskRole === undefined) {
    const message = "Invalid Request: no task IAM role credentials available for task";
    return failed(403, "AccessDeniedException", message, arn);
  }
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
  if (task.isStandalone) return json(200, { failure: { Arn: arn, Reason: "TASK_NOT_VALID" } });
  if (update !== undefined) {
    const { protectionenabled: isOn, expiresinminutes: minutes = DEFAULT } = update.data;
    if (isOn === true) task.protection.begin(minutes);
    else task.protection.end();
  }
  const { until } = task.protection;
  const protection = {
    ExpirationDate: until === undefined ? null : new Date(until).toISOString(),
    ProtectionEnabled: until !== undefined,
    TaskArn: arn,
  };
  return json(200, { protection });
}

function whyWrong(update: z.infer<typeof Update>): string | undefined {
  const { protectionenabled: isOn, expiresinminutes: minutes = DEFAULT } = update;
  if (isOn === undefined) return "Invalid request: does not contain 'ProtectionEnabled' field";
  if (minutes >= 1 && minutes <= LONGEST) return undefined;
  return `Invalid request: ExpiresInMinutes must be from 1 to ${LONGEST}, got ${minutes}`;
}

const failed = (status: number, Code: string, Message: string, Arn?: string): Reply =>
  json(status, { error: { ...(Arn !== undefined && { Arn }), Code, Message } });

function parsed(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}
