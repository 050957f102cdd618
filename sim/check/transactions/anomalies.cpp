#include "sim/check/transactions/anomalies.hpp"

#include <array>

namespace sim::check::transactions {

namespace {

constexpr std::array<std::string_view, kAnomalies> kNames{{
    "unwritten-read",
    "duplicate-elements",
    "incompatible-order",
    "cyclic-versions",
    "G1a",
    "dirty-update",
    "G1b",
    "internal",
    "future-read",
    "G0",
    "G1c",
    "lost-update",
    "G-single",
    "G-nonadjacent",
    "G2-item",
}};

// The weakest models that forbid each anomaly between transactions themselves.
bool forbidden_by(Anomaly anomaly, Consistency model) {
  using enum Consistency;
  switch (anomaly) {
    case Anomaly::unwritten_read:
    case Anomaly::duplicate_elements: return true;
    case Anomaly::cyclic_versions:
    case Anomaly::g0: return implies(model, read_uncommitted);
    case Anomaly::incompatible_order:
    case Anomaly::g1a: return model != read_uncommitted;
    case Anomaly::dirty_update:
    case Anomaly::g1b: return implies(model, read_committed) || implies(model, causal);
    case Anomaly::g1c: return implies(model, read_committed);
    case Anomaly::internal: return implies(model, read_atomic) || implies(model, causal) || implies(model, repeatable_read);
    // A wr edge from a transaction to itself: G1c's smallest circle, as Elle counts it.
    case Anomaly::future_read: return implies(model, read_committed) || implies(model, causal);
    case Anomaly::lost_update:
    case Anomaly::g_single:
    case Anomaly::g_nonadjacent: return implies(model, snapshot_isolation) || implies(model, repeatable_read);
    case Anomaly::g2_item: return implies(model, repeatable_read);
  }
  return false;
}

}  // namespace

std::string_view to_text(Anomaly anomaly) { return kNames.at(static_cast<std::size_t>(anomaly)); }

std::string name_of(Anomaly anomaly, Beyond beyond) {
  std::string out(to_text(anomaly));
  if (beyond == Beyond::session) out += "-process";
  if (beyond == Beyond::realtime) out += "-realtime";
  return out;
}

Beyond keeps(Consistency model, bool sessions) {
  using enum Consistency;
  switch (model) {
    case strong_snapshot_isolation:
    case strict_serializable:
    case linearizable: return Beyond::realtime;
    case strong_session_snapshot_isolation:
    case strong_session_serializable:
    case sequential: return Beyond::session;
    default: return sessions ? Beyond::session : Beyond::data;
  }
}

bool is_isolation(Consistency model) {
  using enum Consistency;
  return model == read_uncommitted || model == read_committed || implies(model, snapshot_isolation) ||
         implies(model, repeatable_read);
}

bool forbids(Consistency model, Anomaly anomaly, Beyond beyond, bool sessions) {
  if (!forbidden_by(anomaly, model)) return false;
  return beyond <= keeps(model, sessions);
}

}  // namespace sim::check::transactions
