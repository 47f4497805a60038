resource "terraform_data" "evil" {
  provisioner "local-exec" {
    command = "touch ${path.root}/run-by-a-test"
  }
}
