// Effects: what a handler asked for. The engine applies them after the handler returned; a test looks at them.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/payload.hpp"
#include "sim/core/time.hpp"

namespace sim {

/// The kinds of effect, in the order in which Ctx offers them.
enum class EffectKind : std::uint8_t { send, send_at_once, set_timer, cancel_timer, observe, note, mark };
SIM_DESCRIBE_ENUM(EffectKind, send, send_at_once, set_timer, cancel_timer, observe, note, mark)

/// One thing that a handler asked for.
struct Effect {
  EffectKind kind{};
  NodeId to{};       ///< of a message
  Duration after{};  ///< of a timer, by the node's own clock
  Payload what;      ///< the message, the timer, the observation, or a Text
};

/// The text of a note or the name of a mark.
struct Text {
  std::string text;
  SIM_DESCRIBE(Text, text)
};

}  // namespace sim
