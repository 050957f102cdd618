#include "sim/check/transactions/explain.hpp"

#include <algorithm>

namespace sim::check::transactions {

std::string Names::operator()(std::size_t txn) {
  std::string out = "T" + std::to_string(txn);
  if (std::find(said_.begin(), said_.end(), txn) != said_.end()) return out;
  said_.push_back(txn);
  out += " (process " + std::to_string(log_.process(txn));
  const Operation op = log_.operation(txn);
  if (const std::uint32_t line = log_.line(txn); line != 0) {
    out += ", line " + std::to_string(line);
  } else if (op.call_time) {
    out += ", at " + to_text(*op.call_time);
  }
  return out + ")";
}

std::string list_text(const Log& log, std::span<const Atom> elements) {
  constexpr std::size_t most = 8;
  std::string out = "[";
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements.size() > most && i == 2) {
      out += " ...";
      i = elements.size() - (most - 3);
    }
    out += (i == 0 ? "" : " ") + log.text(elements[i]);
  }
  return out + "]";
}

namespace {

class Words {
 public:
  Words(const Inferred& all, Kind kind) : log_(all.log), lists_(kind == Kind::list_append), name_(all.log) {}

  std::string name(std::size_t txn) { return name_(txn); }

  // "T3 read x as [1 2]" or "T3 read 3 of x"
  std::string read(std::uint32_t a) {
    const Access& r = log_.access(a);
    return name(r.txn) + " read " + log_.key_text(r.key) + " as " + read_value(a);
  }
  std::string read_value(std::uint32_t a) const {
    const Access& r = log_.access(a);
    return lists_ ? list_text(log_, r.list() ? log_.list(r) : std::span<const Atom>()) : log_.text(r.atom);
  }
  // "T3 appended 4 to x" or "T3 wrote 4 to x"
  std::string wrote(std::uint32_t a) { return name(log_.access(a).txn) + " " + wrote_what(a); }
  std::string wrote_what(std::uint32_t a) const {
    const Access& w = log_.access(a);
    return (lists_ ? "appended " : "wrote ") + log_.text(w.atom) + " to " + log_.key_text(w.key);
  }

  // Why an edge leads from one transaction to the next.
  std::string clause(const Step& step, std::uint32_t to) {
    switch (step.why) {
      case Why::process: return name(step.txn) + " came before " + name(to) + " in process " + std::to_string(log_.process(to));
      case Why::realtime: return name(step.txn) + " had completed before " + name(to) + " began";
      case Why::wr: return reads_from(step, to);
      case Why::rw: return lists_ ? list_rw(step, to) : register_rw(step, to);
      case Why::ww: return lists_ ? list_ww(step, to) : register_ww(step, to);
      case Why::via: break;
    }
    return {};
  }

 private:
  // The first known read that a transaction made of an object, or kNone.
  std::uint32_t first_read(std::size_t txn, std::uint32_t key) const {
    for (std::uint32_t a = log_.txn(txn).first; a < log_.txn(txn).first + log_.txn(txn).count; ++a) {
      if (log_.access(a).key == key && log_.access(a).read()) return a;
    }
    return kNone;
  }
  std::vector<std::uint32_t> writes(std::size_t txn, std::uint32_t key) const {
    std::vector<std::uint32_t> out;
    for (std::uint32_t a = log_.txn(txn).first; a < log_.txn(txn).first + log_.txn(txn).count; ++a) {
      if (log_.access(a).key == key && log_.access(a).write()) out.push_back(a);
    }
    return out;
  }
  bool holds(std::span<const Atom> list, Atom element) const { return std::find(list.begin(), list.end(), element) != list.end(); }

  std::string reads_from(const Step& step, std::uint32_t to) {
    const std::uint32_t read = first_read(to, step.key);
    const auto written = writes(step.txn, step.key);
    if (read == kNone || written.empty()) return name(to) + " read what " + name(step.txn) + " wrote";
    std::uint32_t seen = written.back();
    for (const std::uint32_t w : written) {
      const Access& r = log_.access(read);
      if (lists_ ? holds(log_.list(r), log_.access(w).atom) : r.atom == log_.access(w).atom) seen = w;
    }
    const std::string reader = name(to);
    return reader + " read " + log_.text(log_.access(seen).atom) + " in " + log_.key_text(step.key) + ", which " + name(step.txn) +
           (lists_ ? " had appended" : " had written");
  }

  std::string list_rw(const Step& step, std::uint32_t to) {
    const std::uint32_t read = first_read(step.txn, step.key);
    const auto written = writes(to, step.key);
    if (read == kNone || written.empty()) return name(step.txn) + " read a version that " + name(to) + " replaced";
    const Access& r = log_.access(read);
    const auto list = r.list() ? log_.list(r) : std::span<const Atom>();
    std::uint32_t unseen = written.front();
    for (const std::uint32_t w : written) {
      if (holds(list, log_.access(w).atom)) continue;
      unseen = w;
      break;
    }
    std::string out = this->read(read);
    return out + ", without the " + log_.text(log_.access(unseen).atom) + " that " + name(to) + " appended";
  }

  std::string list_ww(const Step& step, std::uint32_t to) {
    const auto before = writes(step.txn, step.key);
    const auto after = writes(to, step.key);
    if (before.empty() || after.empty()) return name(step.txn) + " wrote before " + name(to);
    const auto order = log_.longest(step.key);
    std::uint32_t last = before.back();
    std::uint32_t next = after.front();
    for (const Atom element : order) {
      for (const std::uint32_t w : before) last = log_.access(w).atom == element ? w : last;
    }
    for (std::size_t i = order.size(); i-- > 0;) {
      for (const std::uint32_t w : after) next = log_.access(w).atom == order[i] ? w : next;
    }
    std::string out = wrote(last);
    out += ", and " + name(to) + " appended " + log_.text(log_.access(next).atom) + " after it";
    return holds(order, log_.access(next).atom) ? out : out + " (no read shows it, so it came after all that were read)";
  }

  std::string register_rw(const Step& step, std::uint32_t to) {
    const std::uint32_t read = first_read(step.txn, step.key);
    const auto written = writes(to, step.key);
    if (read == kNone || written.empty()) return name(step.txn) + " read a version that " + name(to) + " replaced";
    std::string out = this->read(read);
    const std::string value = log_.text(log_.access(written.back()).atom);
    const Atom seen = log_.access(read).atom;
    if (log_.has_initial && (seen == kNil || seen == log_.initial()))
      return out + ", its initial value, before " + name(to) + " wrote " + value;
    out += ", and " + name(to) + " wrote " + value;
    return out + " " + since(step.beyond, log_.text(seen));
  }

  std::string register_ww(const Step& step, std::uint32_t to) {
    const auto before = writes(step.txn, step.key);
    const auto after = writes(to, step.key);
    if (before.empty() || after.empty()) return name(step.txn) + " wrote before " + name(to);
    std::string out = wrote(before.back());
    out += ", and " + name(to) + " wrote " + log_.text(log_.access(after.back()).atom);
    return out + " " + since(step.beyond, log_.text(log_.access(before.back()).atom));
  }

  // How it is known that a version came later than that of `value`.
  static std::string since(Beyond beyond, const std::string& value) {
    switch (beyond) {
      case Beyond::data: return "once it had read " + value;
      case Beyond::session: return "later: its session, or one that read it, had been past " + value;
      case Beyond::realtime: break;
    }
    return "later: by the time of the events, " + value + " was older";
  }

  const Log& log_;
  bool lists_;
  Names name_;
};

void take(std::vector<std::size_t>& operations, std::size_t txn) {
  if (std::find(operations.begin(), operations.end(), txn) == operations.end()) operations.push_back(txn);
}

std::string joined(const std::vector<std::string>& parts, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? last : "; ";
    out += parts[i];
  }
  return out;
}

}  // namespace

std::string no_order_text(const Log& log, Kind kind, std::span<const std::size_t> txns) {
  Names name(log);
  std::string out;
  for (std::size_t i = 0; i < txns.size(); ++i) {
    if (i > 0) out += i + 1 == txns.size() ? "; and " : "; ";
    out += name(txns[i]);
    bool first = true;
    for (const Access& a : log.accesses(txns[i])) {
      if (!a.known()) continue;
      out += first ? " " : ", ";
      first = false;
      if (a.write()) {
        out += (kind == Kind::list_append ? "appended " : "wrote ") + log.text(a.atom) + " to " + log.key_text(a.key);
      } else {
        out += "read " + log.key_text(a.key) + " as " + (a.list() ? list_text(log, log.list(a)) : log.text(a.atom));
      }
    }
  }
  return out + ": whichever way their writes are ordered, one of them would have to come before itself";
}

Finding explain_cycle(const Inferred& all, Kind kind, const CycleFound& found) {
  Finding out;
  out.name = name_of(found.anomaly, found.beyond);
  Words words(all, kind);
  std::vector<std::string> clauses;
  for (std::size_t i = 0; i < found.cycle.size(); ++i) {
    const Step& step = found.cycle[i];
    const std::uint32_t to = found.cycle[(i + 1) % found.cycle.size()].txn;
    out.operations.push_back(step.txn);
    clauses.push_back(words.clause(step, to));
    Words fresh(all, kind);
    out.links.push_back({step.txn, to, std::string(to_text(step.why)), fresh.clause(step, to)});
  }
  out.explanation = joined(clauses, found.cycle.size() == 2 ? "; yet " : "; and ") + ": each of them would have to come before " +
                    (found.cycle.size() == 2 ? "the other" : "all of the others");
  return out;
}

Finding explain_shown(const Inferred& all, Kind kind, Anomaly anomaly, const Shown& shown) {
  const Log& log = all.log;
  Finding out;
  out.name = std::string(to_text(anomaly));
  for (const std::uint32_t a : shown.accesses) {
    if (a != kNone) take(out.operations, log.access(a).txn);
  }
  Words words(all, kind);
  const auto at = [&](std::size_t i) { return shown.accesses[i]; };
  const auto key = [&](std::size_t i) { return log.key_text(log.access(at(i)).key); };
  // The element of a list, or the value of a register, that a read is about.
  const auto value = [&](std::size_t i) {
    const Access& a = log.access(at(i));
    return log.text(a.list() ? log.list(a)[shown.part] : a.atom);
  };
  switch (anomaly) {
    case Anomaly::unwritten_read:
      out.explanation = words.name(log.access(at(0)).txn) + " read " + value(0) + " in " + key(0) + ", which no transaction wrote";
      break;
    case Anomaly::duplicate_elements:
      out.explanation = words.read(at(0)) + ", where " + value(0) + " stands twice, though it was appended once";
      break;
    case Anomaly::incompatible_order:
      if (shown.accesses.size() == 2) {
        out.explanation = words.read(at(0));
        out.explanation += ", and " + words.read(at(1)) + ": neither of the two lists begins with the other";
      } else {
        out.explanation = words.wrote(at(0)) + " and then " + log.text(log.access(at(1)).atom);
        out.explanation += ", but " + words.read(at(2)) + ", not in that order";
      }
      break;
    case Anomaly::cyclic_versions: {
      std::vector<std::string> parts;
      for (std::size_t i = 0; i < shown.accesses.size(); ++i) {
        std::string part = words.wrote(at(i));
        part += " once it had read " + log.text(log.access(at((i + 1) % shown.accesses.size())).atom);
        parts.push_back(std::move(part));
      }
      out.explanation = joined(parts, ", and ") + ": the versions of " + key(0) + " replace each other in a cycle";
      break;
    }
    case Anomaly::g1a:
      out.explanation = words.name(log.access(at(1)).txn) + " read " + log.text(log.access(at(0)).atom) + " in " + key(0);
      out.explanation += ", which " + words.name(log.access(at(0)).txn) + " wrote, a transaction that failed";
      break;
    case Anomaly::dirty_update:
      out.explanation = words.wrote(at(1));
      out.explanation += " onto a list that held " + log.text(log.access(at(0)).atom) + " of " + words.name(log.access(at(0)).txn);
      out.explanation += ", a transaction that failed (" + words.read(at(2)) + ")";
      break;
    case Anomaly::g1b:
      out.explanation = words.read(at(2));
      out.explanation += ", the state in the middle of " + words.name(log.access(at(0)).txn);
      out.explanation += ", which " + words.wrote_what(at(0)) + " and then " + log.text(log.access(at(1)).atom);
      break;
    case Anomaly::internal: {
      const std::uint32_t read = shown.accesses.back();
      out.explanation = words.read(read) + ", which contradicts what it had done before:";
      for (std::size_t i = 0; i + 1 < shown.accesses.size(); ++i) {
        out.explanation += (i == 0 ? " it " : ", ");
        out.explanation += log.access(at(i)).write() ? words.wrote_what(at(i)) : "read " + words.read_value(at(i));
      }
      break;
    }
    case Anomaly::future_read:
      out.explanation = words.read(at(0)) + ", with the " + log.text(log.access(at(1)).atom) + " that it wrote only later";
      break;
    case Anomaly::lost_update:
      out.explanation = words.read(at(0));
      out.explanation += " and wrote it, and " + words.name(log.access(at(1)).txn) +
                         " read the same and wrote it too: one of them did not see the other's update";
      break;
    default: break;
  }
  return out;
}

}  // namespace sim::check::transactions
