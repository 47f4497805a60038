output "dns_name" {
  description = "DNS name of the service: the SRV name, or with A records a host name"
  value       = "${var.name}.${var.namespace.name}"
}

output "client_policy_json" {
  description = "Policy for a client's task role. It allows clients to query Cloud Map for the service"
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "servicediscovery:DiscoverInstances"
      Resource = "*"
      Condition = {
        StringEquals = {
          "servicediscovery:NamespaceName" = var.namespace.name
          "servicediscovery:ServiceName"   = var.name
        }
      }
    }]
  })
}

output "security_group_ids" {
  description = "Security groups of the tasks: their own in awsvpc mode, else the hosts'"
  value       = local.security_group_ids
}

output "execution_role_arn" {
  description = "ARN of the execution role"
  value       = local.execution_role_arn
}

output "execution_role_name" {
  description = "Execution role, which reads the secrets"
  value       = var.execution_role == null ? one(aws_iam_role.discovered_roles_execution[*].name) : basename(var.execution_role.arn)
}

output "task_role_arn" {
  description = "ARN of the task role"
  value       = local.task_role_arn
}

output "task_role_name" {
  description = "Task role, for additional policies"
  value       = var.task_role == null ? one(aws_iam_role.discovered_roles_task[*].name) : basename(var.task_role.arn)
}

output "service_arn" {
  description = "ARN of the ECS service"
  value       = aws_ecs_service.discovered_service.id
}

output "service_name" {
  description = "ECS service"
  value       = aws_ecs_service.discovered_service.name
}

output "task_definition_arn" {
  description = "ARN of the task definition, with its revision"
  value       = aws_ecs_task_definition.discovered_task_definition.arn
}

output "task_definition_family" {
  description = "Family of the task definition"
  value       = aws_ecs_task_definition.discovered_task_definition.family
}

output "registry_arn" {
  description = "ARN of the Cloud Map service"
  value       = aws_service_discovery_service.discovery_discovered.arn
}

output "registry_id" {
  description = "Id of the Cloud Map service"
  value       = aws_service_discovery_service.discovery_discovered.id
}

output "log_group_arn" {
  description = "ARN of the log group"
  value       = aws_cloudwatch_log_group.discovered_log.arn
}

output "log_group_name" {
  description = "Log group of the containers"
  value       = aws_cloudwatch_log_group.discovered_log.name
}
