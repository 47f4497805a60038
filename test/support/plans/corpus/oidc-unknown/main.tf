# The URLs of a login are those of an identity provider that the plan creates.
resource "aws_ecs_cluster" "main" {
  name = "signed-up"
}

resource "aws_cognito_user_pool" "main" {
  name = "signed-up"
}

resource "aws_cognito_user_pool_domain" "main" {
  domain       = "signed-up"
  user_pool_id = aws_cognito_user_pool.main.id
}

resource "aws_cognito_user_pool_client" "main" {
  name            = "signed-up"
  user_pool_id    = aws_cognito_user_pool.main.id
  generate_secret = true
}

resource "aws_lb" "main" {
  name    = "signed-up"
  subnets = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
}

resource "aws_lb_target_group" "app" {
  name     = "signed-up"
  port     = 3000
  protocol = "HTTP"
  vpc_id   = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = "arn:aws:acm:eu-central-1:123456789012:certificate/1b2c3d4e-0000-4000-8000-000000000000"

  default_action {
    type  = "authenticate-oidc"
    order = 1

    authenticate_oidc {
      authorization_endpoint = "https://${aws_cognito_user_pool_domain.main.cloudfront_distribution}/authorize"
      client_id              = aws_cognito_user_pool_client.main.id
      client_secret          = aws_cognito_user_pool_client.main.client_secret
      issuer                 = "https://${aws_cognito_user_pool.main.endpoint}"
      token_endpoint         = "https://${aws_cognito_user_pool_domain.main.cloudfront_distribution}/token"
      user_info_endpoint     = "https://${aws_cognito_user_pool_domain.main.cloudfront_distribution}/userinfo"
    }
  }

  default_action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_lb_listener_rule" "admin" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  condition {
    path_pattern {
      values = ["/admin/*"]
    }
  }

  action {
    type = "authenticate-cognito"

    authenticate_cognito {
      user_pool_arn       = aws_cognito_user_pool.main.arn
      user_pool_client_id = aws_cognito_user_pool_client.main.id
      user_pool_domain    = "shop"
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_ecs_task_definition" "app" {
  family = "signed-up"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "signed-up"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1

  load_balancer {
    target_group_arn = aws_lb_target_group.app.arn
    container_name   = "app"
    container_port   = 3000
  }
}
