#include "sim/node/ctx.hpp"

namespace sim {

bool Rarities::fires(Purpose name, Rng& rng) {
  Site* site = nullptr;
  for (Site& known : sites_) {
    if (known.digest == name.digest) site = &known;
  }
  if (site == nullptr) {
    const bool on = Rng(Rng::derive(seed_, name.digest, digest_of_text("maybe"))).chance(on_);
    site = &sites_.emplace_back(Site{std::string(name.name), name.digest, on, 0, 0});
  }
  ++site->asked;
  if (!site->on || !rng.chance(fires_)) return false;
  ++site->fired;
  return true;
}

}  // namespace sim
