# The module once had these itself. An applied one keeps them.

moved {
  from = aws_service_discovery_service.discovery_redis
  to   = module.service.aws_service_discovery_service.discovery_discovered
}

moved {
  from = aws_cloudwatch_log_group.redis_log
  to   = module.service.aws_cloudwatch_log_group.discovered_log
}

moved {
  from = aws_ecs_task_definition.redis_task_definition
  to   = module.service.aws_ecs_task_definition.discovered_task_definition
}

moved {
  from = aws_ecs_service.redis_service
  to   = module.service.aws_ecs_service.discovered_service
}

moved {
  from = aws_iam_role.redis_roles_execution
  to   = module.service.aws_iam_role.discovered_roles_execution[0]
}

moved {
  from = aws_iam_role_policy_attachment.redis_roles_execution_ecs
  to   = module.service.aws_iam_role_policy_attachment.discovered_roles_execution_ecs[0]
}

moved {
  from = aws_iam_role_policy.redis_roles_execution_secrets
  to   = module.service.aws_iam_role_policy.discovered_roles_execution_secrets[0]
}

moved {
  from = aws_iam_role.redis_roles_task
  to   = module.service.aws_iam_role.discovered_roles_task[0]
}

moved {
  from = aws_iam_role_policy.redis_roles_task_policy
  to   = module.service.aws_iam_role_policy.discovered_roles_task_policy[0]
}
