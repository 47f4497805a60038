# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/hashicorp/aws" {
  version     = "6.25.0"
  constraints = "6.25.0"
  hashes = [
    "h1:1k2phbBSltNBzBn+qNN7+H3DAy1xblOHoYPviiXMT6k=",
    "h1:8m4gRbXdg/TQeaxsCajP1iZUdPFMHuMGFXw723SjeOs=",
    "h1:AQk6PFiQyTzOVJiH4bpp+j23CblTgvXDE3o9SdRW+DM=",
    "h1:n+/Oe7AFMSot7g4glM2IhDX2eiP0Zmo4evWoJ4UO58A=",
    "h1:t7FizDiF//ABrxuw/vTonrqsMuGvfaB4IosG++0jU+w=",
  ]
}

provider "registry.terraform.io/hashicorp/random" {
  version     = "3.9.0"
  constraints = "3.9.0"
  hashes = [
    "h1:LvWIw4CgJvKesE88Dk/GebY/VL/wabFpg7s0PUNAlB4=",
    "h1:RkitYGyE0IHa0oy0lD/5KiIxUmjkNlpwPsni95HwdpI=",
    "h1:lVuONkYY+fGH3foextWd/vMUMF3iY48d5p5qbOD+a+c=",
    "h1:rW0E8Zg53tlqqNaMpqBDz3Psbt1+S5bVqFcZC3odrrg=",
  ]
}
