terraform {
  # Write-only arguments, such as secret_string_wo, need 1.11.
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # README.md, "Version of the AWS provider", says what differs. 6.4.0 fails for a service whose last deployment is
      # older than three months.
      version = ">= 5.100.0, != 6.4.0"
    }
    random = {
      source  = "hashicorp/random"
      version = ">= 3.7.0"
    }
  }
}
