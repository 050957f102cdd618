// What clients and id servers say to each other, and what servers keep.
#pragma once

#include <cstdint>

#include "sim/core/describe.hpp"

namespace protocols::flake {

/// A client wants an id.
struct Generate {
  std::uint64_t sequence = 0;
  SIM_DESCRIBE(Generate, sequence)
};

/// An id that nobody else has or will have.
struct Generated {
  std::uint64_t sequence = 0;
  std::uint64_t id = 0;
  SIM_DESCRIBE(Generated, sequence, id)
};

/// On the disk: every id issued so far, and every one that may be before this is saved again, is of an earlier millisecond.
struct Reserved {
  std::uint64_t until = 0;
  SIM_DESCRIBE(Reserved, until)
};

}  // namespace protocols::flake
