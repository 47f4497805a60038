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

output "security_group_id" {
  description = "Security group of the tasks: their own in awsvpc mode, else the hosts'"
  value       = local.security_group_id
}

output "execution_role_arn" {
  description = "ARN of the execution role"
  value       = aws_iam_role.discovered_roles_execution.arn
}

output "execution_role_name" {
  description = "Execution role, which reads the secrets, for additional policies such as execution_policy_json of modules/redis. With that one, a release can be rolled back after a password rotation"
  value       = aws_iam_role.discovered_roles_execution.name
}

output "task_role_arn" {
  description = "ARN of the task role"
  value       = aws_iam_role.discovered_roles_task.arn
}

output "task_role_name" {
  description = "Task role, for additional policies"
  value       = aws_iam_role.discovered_roles_task.name
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

output "log_group_name" {
  description = "Log group of the container"
  value       = aws_cloudwatch_log_group.discovered_log.name
}
