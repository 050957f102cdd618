// The command of an outside project: all that `simulate` does, for the systems of Faultline and one of its own.
#include "protocols/catalog.hpp"
#include "sim/cli/cli.hpp"
#include "token.hpp"

int main(int argc, char** argv) {
  sim::Registry registry;
  protocols::add_all(registry);
  registry.add(outside::token_ring());
  return sim::cli::run(argc, argv, registry);
}
