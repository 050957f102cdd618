// Faults in words, for reports.
#include "sim/engine/world.hpp"

namespace sim {

namespace {

void add(std::string& out, bool wanted, std::string_view what, const std::string& value) {
  if (!wanted) return;
  out += out.back() == ':' ? " " : ", ";
  out += what;
  out += value;
}

std::string link_text(const Fault& fault, const std::string& who) {
  std::string out = "link faults at " + who + ":";
  add(out, fault.loss > Ratio{}, "loss +", to_text(fault.loss));
  add(out, fault.burst > Duration{}, "in bursts of ", to_text(fault.burst));
  add(out, fault.duplicate > Ratio{}, "duplicates +", to_text(fault.duplicate));
  add(out, fault.corrupt > Ratio{}, "corruption +", to_text(fault.corrupt));
  add(out, fault.delay > Duration{}, "delay +", to_text(fault.delay));
  add(out, fault.jitter > Duration{}, "jitter +", to_text(fault.jitter));
  add(out, fault.bandwidth > 0, "at most ", std::to_string(fault.bandwidth) + " bytes/s");
  return out;
}

std::string disk_text(const Fault& fault, const std::string& who, bool ends) {
  switch (fault.effect) {
    case DiskEffect::slow:
      return ends ? "disk of " + who + " is fast again" : "disk of " + who + " +" + to_text(fault.delay) + " a sync";
    case DiskEffect::stall: return "disk of " + who + (ends ? " goes on" : " stalls");
    case DiskEffect::full: return "disk of " + who + (ends ? " has room again" : " is full");
    case DiskEffect::lie: return "disk of " + who + (ends ? " is honest again" : " lies about syncs");
    case DiskEffect::rot: return "disk of " + who + " rots";
    case DiskEffect::sector: return "disk of " + who + " loses a sector";
    case DiskEffect::misdirected_write: return "disk of " + who + " misdirects a write";
    case DiskEffect::misdirected_read: return "disk of " + who + " misdirects reads";
  }
  return {};
}

std::string clock_text(const Fault& fault, const std::string& who, bool ends) {
  std::string out = "clock of " + who;
  if (fault.clock_offset != Duration{}) out += (ends ? " jumps back by " : " jumps by ") + to_text(fault.clock_offset);
  if (fault.drift_per_billion != 0) {
    if (fault.clock_offset != Duration{}) out += " and";
    out += (ends ? " no longer drifts by " : " drifts by ") + std::to_string(fault.drift_per_billion / 1000) + "ppm";
  }
  return out;
}

std::string crash_text(const Fault& fault, const std::string& who, const Step& step) {
  if (step.fault_ends) return "restart " + who;
  if (step.fault_strikes) return "crash in the middle of a save of " + who;
  if (fault.in_save) return "the next save of " + who + " shall be its last";
  return "crash " + who + (fault.wipe ? ", disk lost" : "");
}

}  // namespace

std::string fault_text(const World& world, const Step& step) {
  const auto number = static_cast<std::uint32_t>(step.fault);
  const Fault& fault = world.fault(number);
  const bool ends = step.fault_ends;
  std::string who;
  for (const NodeId id : world.fault_hit(number)) {
    if (!who.empty()) who += ' ';
    who += world.directory().node_names[index(id)];
  }
  if (who.empty() && fault.kind != FaultKind::heal) return ends ? "" : enum_name(fault.kind) + ": nobody to hit";
  if (!fault.target.role.empty()) who += " (" + fault.target.role + ")";
  switch (fault.kind) {
    case FaultKind::crash: return crash_text(fault, who, step);
    case FaultKind::pause: return (ends ? "resume " : "pause ") + who;
    case FaultKind::slow: return ends ? who + " is fast again" : who + " is slow, " + to_text(fault.delay) + " an event";
    case FaultKind::partition:
      if (ends) return "heal " + who;
      if (fault.ring) return "each sees its neighbours only: " + who;
      return (fault.both_ways ? "cut off " : "cut off, outgoing only, ") + who;
    case FaultKind::clog:
      if (ends) return "unclog " + who;
      return (fault.both_ways ? "clog " : "clog, outgoing only, ") + who;
    case FaultKind::link: return ends ? "link faults end at " + who : link_text(fault, who);
    case FaultKind::disk: return disk_text(fault, who, ends);
    case FaultKind::clock: return clock_text(fault, who, ends);
    case FaultKind::restart: return "restart " + who;
    case FaultKind::resume: return "resume " + who;
    case FaultKind::heal: return "heal all";
    case FaultKind::core: return "all is well again at and between " + who;
  }
  return {};
}

}  // namespace sim
