# The folder's own test has real providers. It must not run.
run "own" {
  command = apply
  module {
    source = "./evil"
  }
}
