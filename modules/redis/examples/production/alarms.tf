resource "aws_sns_topic" "alarms" {
  name              = "prod-redis-alarms"
  kms_master_key_id = aws_kms_key.redis.arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sns:Publish"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Resource  = aws_sns_topic.alarms.arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
      {
        # EventBridge may not publish if there is a condition.
        Effect    = "Allow"
        Action    = "sns:Publish"
        Principal = { Service = "events.amazonaws.com" }
        Resource  = aws_sns_topic.alarms.arn
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "on_call" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = "on-call@example.com"
}

# A copy could not be started, for example because no host has room.
resource "aws_cloudwatch_metric_alarm" "copy_not_started" {
  alarm_name          = "prod-redis-copy-not-started"
  namespace           = "AWS/Scheduler"
  metric_name         = "InvocationDroppedCount"
  dimensions          = { ScheduleGroup = aws_scheduler_schedule_group.redis.name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

# A message for each stop of Redis, also in a deploy, and for each backup or copy that failed.
resource "aws_cloudwatch_event_rule" "alarms" {
  for_each = {
    prod-redis-stopped = {
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail      = { clusterArn = [local.cluster_arn], group = ["service:prod-redis"], lastStatus = ["STOPPED"] }
    }
    prod-redis-copy-failed = {
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail = {
        clusterArn = [local.cluster_arn]
        group      = ["family:prod-redis-copy"]
        lastStatus = ["STOPPED"]
        "$or"      = [{ containers = { exitCode = [{ anything-but = 0 }] } }, { stopCode = ["TaskFailedToStart"] }]
      }
    }
    prod-redis-backup-failed = {
      source      = ["aws.backup"]
      detail-type = ["Backup Job State Change"]
      detail      = { state = ["FAILED", "ABORTED", "EXPIRED"], backupVaultName = [aws_backup_vault.redis.name] }
    }
  }

  name          = each.key
  event_pattern = jsonencode(each.value)
}

resource "aws_cloudwatch_event_target" "alarms" {
  for_each = aws_cloudwatch_event_rule.alarms

  rule = each.value.name
  arn  = aws_sns_topic.alarms.arn
}
