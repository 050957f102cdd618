// simulate: the command with every system of this project.
#include "protocols/catalog.hpp"
#include "sim/cli/cli.hpp"

int main(int argc, char** argv) {
  sim::Registry registry;
  protocols::add_all(registry);
  return sim::cli::run(argc, argv, registry);
}
