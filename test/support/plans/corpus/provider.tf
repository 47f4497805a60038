# Copied beside each configuration for the recording. The endpoint answers what the modules ask for at plan time.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "recorded"
  secret_key                  = "recorded"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  endpoints {
    ec2            = "http://127.0.0.1:8765"
    sts            = "http://127.0.0.1:8765"
    secretsmanager = "http://127.0.0.1:8765"
    ssm            = "http://127.0.0.1:8765"
  }
}
