#include "protocols/flake/spec.hpp"

#include "protocols/flake/client.hpp"

namespace protocols::flake {

sim::check::Spec<Node> spec() {
  sim::check::Spec<Node> s("flake", "Unique ids without agreement: a time, a server's number and a count");
  s.config<Config, Mutant>({
      {"block",
       "how much time a server reserves on its disk at once; after a restart its ids run ahead of the clock by up to so much"},
  });
  s.clients<Client>("generate", "ask for one id after the other");
  s.history("unique-ids", "generate");
  s.sometimes("clock-behind", "a server's clock is behind the ids that it has issued, or reserved before a crash");
  s.mutant("clock-trusted", "goes by its clock alone: where that jumps back, ids come again",
           "RFC 4122, section 4.2.1: a clock set backwards");
  s.mutant("not-persisted", "begins anew after a restart: if the clock is behind by then, ids come again",
           "RFC 4122, section 4.2.1: stable storage");
  s.mutant("node-left-out", "leaves the server's number out of the id: two servers issue the same in one millisecond",
           "RFC 4122, section 4.1.6: the node");
  return s;
}

}  // namespace protocols::flake
