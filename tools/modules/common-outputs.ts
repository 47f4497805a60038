import type { Outputs } from "./module-stack.ts";

// Outputs that all modules share.

/**
 * ARNs and names of a service's two roles.
 *
 * @param id id of the roles' construct
 * @param purposes what the roles are for
 */
export function roleOutputs(
  id: string,
  purposes: { readonly execution: string; readonly task: string },
): Outputs {
  return Object.fromEntries(
    (["execution", "task"] as const).flatMap((role) =>
      (["arn", "name"] as const).map((attribute) => [
        `${role}_role_${attribute}`,
        {
          value: `\${aws_iam_role.${id}_${role}.${attribute}}`,
          description: attribute === "arn" ? `ARN of the ${role} role` : purposes[role],
        },
      ]),
    ),
  );
}

/**
 * The service, its task definition and its registry.
 *
 * @param id id of the service's construct
 * @param registry address of the Cloud Map service
 */
export function serviceOutputs(id: string, registry: string): Outputs {
  return {
    service_arn: {
      value: `\${aws_ecs_service.${id}_service.id}`,
      description: "ARN of the ECS service",
    },
    service_name: { value: `\${aws_ecs_service.${id}_service.name}`, description: "ECS service" },
    task_definition_arn: {
      value: `\${aws_ecs_task_definition.${id}_task_definition.arn}`,
      description: "ARN of the task definition, with its revision",
    },
    task_definition_family: {
      value: `\${aws_ecs_task_definition.${id}_task_definition.family}`,
      description: "Family of the task definition",
    },
    registry_arn: { value: `\${${registry}.arn}`, description: "ARN of the Cloud Map service" },
    registry_id: { value: `\${${registry}.id}`, description: "Id of the Cloud Map service" },
    log_group_name: {
      value: `\${aws_cloudwatch_log_group.${id}_log.name}`,
      description: "Log group of the container",
    },
  };
}
