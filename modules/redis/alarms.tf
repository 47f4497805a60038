# Every alarm needs a topic. Two variants of an alarm differ in the metric: with var.metrics, Redis reports its own.

locals {
  alarms = length(var.alarm_topic_arns) > 0
  # A Redis that may evict any key is full by design, and then refuses no write.
  refuses_writes = !startswith(var.maxmemory_policy, "allkeys")

  service_dimensions     = { ClusterName = var.cluster_name, ServiceName = local.name_prefix }
  redis_dimensions       = { ServiceName = local.name_prefix }
  file_system_dimensions = { FileSystemId = local.file_system_id }
}

resource "aws_cloudwatch_metric_alarm" "redis_not_running" {
  count = local.alarms ? 1 : 0

  alarm_name          = "${local.name_prefix}-not-running"
  alarm_description   = "Redis has not run for five minutes"
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RunningTaskCount"
  dimensions          = local.service_dimensions
  statistic           = "Maximum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "breaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "redis_restarts" {
  count = local.alarms ? 1 : 0

  alarm_name          = "${local.name_prefix}-restarts"
  alarm_description   = "Redis, or the container that reports its metrics, crashed and was restarted in its task. No task stopped, so nothing else reports it"
  namespace           = "ECS/ContainerInsights"
  metric_name         = "RestartCount"
  dimensions          = local.service_dimensions
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "redis_memory" {
  count = local.alarms && !var.metrics ? 1 : 0

  alarm_name          = "${local.name_prefix}-memory"
  alarm_description   = "The memory of Redis is nearly full: beyond its limit the kernel kills it"
  namespace           = "AWS/ECS"
  metric_name         = "MemoryUtilization"
  dimensions          = local.service_dimensions
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  period              = 60
  evaluation_periods  = 10
  treat_missing_data  = "notBreaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "redis_memory_reported" {
  count = local.alarms && var.metrics ? 1 : 0

  alarm_name          = "${local.name_prefix}-memory"
  alarm_description   = "The memory of Redis is nearly full: beyond its limit the kernel kills it"
  namespace           = "Redis"
  metric_name         = "MemoryResident"
  dimensions          = local.redis_dimensions
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  # Percent of maxmemory: 90 % of the container's limit.
  threshold          = floor(90 * 100 / var.maxmemory_percent)
  period             = 60
  evaluation_periods = 10
  treat_missing_data = "notBreaching"
  actions_enabled    = !var.stopped
  alarm_actions      = var.alarm_topic_arns
  ok_actions         = var.alarm_topic_arns
  tags               = var.tags
}

resource "aws_cloudwatch_metric_alarm" "redis_full" {
  count = local.alarms && !var.metrics && local.refuses_writes ? 1 : 0

  alarm_name          = "${local.name_prefix}-full"
  alarm_description   = "The data of Redis fill nine tenths of their limit. At the limit Redis refuses every write. Give Redis more memory"
  namespace           = "AWS/ECS"
  metric_name         = "MemoryUtilization"
  dimensions          = local.service_dimensions
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  # Percent of the container's limit: 90 % of maxmemory.
  threshold          = floor(var.maxmemory_percent * 90 / 100)
  period             = 60
  evaluation_periods = 5
  treat_missing_data = "notBreaching"
  actions_enabled    = !var.stopped
  alarm_actions      = var.alarm_topic_arns
  ok_actions         = var.alarm_topic_arns
  tags               = var.tags
}

resource "aws_cloudwatch_metric_alarm" "redis_full_reported" {
  count = local.alarms && var.metrics && local.refuses_writes ? 1 : 0

  alarm_name          = "${local.name_prefix}-full"
  alarm_description   = "The data of Redis fill nine tenths of their limit. At the limit Redis refuses every write. Give Redis more memory"
  namespace           = "Redis"
  metric_name         = "MemoryUsed"
  dimensions          = local.redis_dimensions
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "redis_append" {
  count = local.alarms && var.metrics ? 1 : 0

  alarm_name          = "${local.name_prefix}-append"
  alarm_description   = "Redis could not write or rewrite its append-only file: it refuses writes, or its file grows without end"
  namespace           = "Redis"
  metric_name         = "AppendFailed"
  dimensions          = local.redis_dimensions
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "redis_loading" {
  count = local.alarms && var.metrics ? 1 : 0

  alarm_name          = "${local.name_prefix}-loading"
  alarm_description   = "Redis has loaded its data for ten minutes and serves nobody: the file is large, or the file system is slow"
  namespace           = "Redis"
  metric_name         = "Loading"
  dimensions          = local.redis_dimensions
  statistic           = "Minimum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 10
  treat_missing_data  = "notBreaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "redis_no_metrics" {
  count = local.alarms && var.metrics ? 1 : 0

  alarm_name          = "${local.name_prefix}-no-metrics"
  alarm_description   = "Redis has reported no metrics for ten minutes: no client can connect (maxclients), or it does not reply"
  namespace           = "Redis"
  metric_name         = "Clients"
  dimensions          = local.redis_dimensions
  statistic           = "Maximum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 10
  treat_missing_data  = "breaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "redis_host_silent" {
  count = local.alarms ? 1 : 0

  alarm_name          = "${local.name_prefix}-host-silent"
  alarm_description   = "ECS counts Redis as running, but it has sent no metric for 10 minutes: its host or the agent is silent, and ECS replaces neither. Terminate the host if Redis does not answer"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 10
  treat_missing_data  = "notBreaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags

  metric_query {
    id          = "silent"
    label       = "silent"
    expression  = "IF(FILL(running, 0) >= 1 AND FILL(reports, 0) < 1, 1, 0)"
    return_data = true
  }

  metric_query {
    id          = "running"
    return_data = false

    metric {
      namespace   = "ECS/ContainerInsights"
      metric_name = "RunningTaskCount"
      dimensions  = local.service_dimensions
      stat        = "Maximum"
      period      = 60
    }
  }

  metric_query {
    id          = "reports"
    return_data = false

    metric {
      namespace   = "AWS/ECS"
      metric_name = "MemoryUtilization"
      dimensions  = local.service_dimensions
      stat        = "SampleCount"
      period      = 60
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "efs_io_limit" {
  count = local.alarms ? 1 : 0

  alarm_name          = "${local.name_prefix}-efs-io-limit"
  alarm_description   = "EFS is near its limit of operations a second: Redis' writes to disk wait"
  namespace           = "AWS/EFS"
  metric_name         = "PercentIOLimit"
  dimensions          = local.file_system_dimensions
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  period              = 60
  evaluation_periods  = 15
  treat_missing_data  = "notBreaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

# Only an existing file system may be in bursting mode. In elastic mode the metric does not exist.
resource "aws_cloudwatch_metric_alarm" "efs_burst_credits" {
  count = local.alarms && !local.creates_file_system ? 1 : 0

  alarm_name          = "${local.name_prefix}-efs-burst-credits"
  alarm_description   = "EFS has less than 100 GiB of burst credits left: then writes to disk crawl"
  namespace           = "AWS/EFS"
  metric_name         = "BurstCreditBalance"
  dimensions          = local.file_system_dimensions
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 107374182400
  period              = 60
  evaluation_periods  = 15
  treat_missing_data  = "notBreaching"
  actions_enabled     = !var.stopped
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}
