// Spec: what a system is and claims, said beside its protocol: settings, claims, mutants, clients, histories.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/check/config.hpp"
#include "sim/check/workload.hpp"
#include "sim/node/node.hpp"
#include "sim/node/view.hpp"

namespace sim::check {

/// Nothing where a claim holds; else one sentence with the values that break it.
using Violation = std::optional<std::string>;

/// The nodes of one system as its claims see them.
template <class N>
class Cluster {
 public:
  Cluster(const View& view, std::span<const NodeId> members) : view_(&view), members_(members) {}

  std::span<const NodeId> members() const { return members_; }
  bool up(NodeId id) const { return view_->up(id); }
  /// The state of a member; of one that is down, what it was when it crashed.
  const N& node(NodeId id) const {
    const N* node = view_->node(id).template as<N>();
    assert(node != nullptr);
    return *node;
  }
  /// A log on a member's disk; empty where there is none yet.
  template <Hashable T>
  const CowLog<T>& log(NodeId id, std::string_view name) const {
    static const CowLog<T> none;
    const CowLog<T>* records = view_->disk(id).template records<T>(name);
    return records == nullptr ? none : *records;
  }
  /// What a member saved last (durable or not), or a D of defaults.
  template <Described D>
  D saved(NodeId id) const {
    const Payload held = view_->disk(id).saved(D::type_name());
    const D* value = held.template as<D>();
    return value == nullptr ? D{} : *value;
  }
  /// A member's disk, as far as it was synced and beyond.
  const Disk& disk(NodeId id) const { return view_->disk(id); }
  /// How often a member was started again.
  std::uint32_t incarnation(NodeId id) const { return view_->incarnation(id); }
  /// The members of another system of the scenario by its name ("clients": all clients); empty where there is none.
  std::span<const NodeId> members(std::string_view system) const { return view_->directory().members(system); }
  /// The state of a node of another system, or nullptr where it is no M.
  template <class M>
  const M* other(NodeId id) const {
    return view_->node(id).template as<M>();
  }
  const std::string& name(NodeId id) const { return view_->directory().node_names[index(id)]; }
  Time now() const { return view_->now(); }

 private:
  const View* view_;
  std::span<const NodeId> members_;
};

/// When a claim is looked at.
enum class ClaimKind : std::uint8_t { always, sometimes, eventually };
SIM_DESCRIBE_ENUM(ClaimKind, always, sometimes, eventually)

/// One claim with what it remembers of the run so far; copyable like the run.
class AnyClaim {
 public:
  AnyClaim() = default;
  virtual ~AnyClaim() = default;
  virtual std::unique_ptr<AnyClaim> clone() const = 0;
  /// Looks at the cluster after an event at `changed` (a member). Nothing: it holds (always, eventually) or is reached
  /// (sometimes).
  virtual Violation check(const View& view, std::span<const NodeId> members, NodeId changed) = 0;

 protected:
  AnyClaim(const AnyClaim&) = default;
  AnyClaim& operator=(const AnyClaim&) = default;
};

/// A claim's place in a spec.
struct ClaimInfo {
  std::string name;
  ClaimKind kind{};
  std::string doc;
  Duration within{};                      ///< eventually: how long after faults stop
  std::string mark;                       ///< sometimes: the mark that reaches it, if it is one
  std::shared_ptr<const AnyClaim> claim;  ///< a fresh copy of it; none for a mark
};

/// A known bug that can be planted.
struct MutantInfo {
  std::string name;
  std::string doc;     ///< what it does, what breaks
  std::string source;  ///< where it was real
};

/// Something that clients of a system do, by the name that scenarios give as "workload".
struct WorkloadInfo {
  std::string name;
  std::string doc;
  WorkloadKind kind{};
  NodeBox (*make)(const Workload&) = nullptr;
};

/// What the clients' history is judged by at the end of a run.
struct HistoryInfo {
  std::string model;     ///< "linearizable-kv"; also the claim's name
  std::string workload;  ///< of the clients with this workload; empty: of all
};

/// A figure, a text or a series over time that a report shows of a finished run.
struct MeasureInfo {
  std::string name;
  std::string doc;
  std::function<Value(const View&, std::span<const NodeId> members)> take;
};

/// Everything the command needs to know of a system.
struct SystemInfo {
  std::string name;
  std::string summary;
  std::vector<ConfigField> config;
  std::vector<ClaimInfo> claims;
  std::vector<MutantInfo> mutants;
  std::vector<HistoryInfo> histories;
  /// A node from settings (a map) and the name of a mutant ("" for none) for a system of so many nodes, or every mistake in them.
  std::optional<NodeBox> (*make_node)(const Value& config, const std::string& mutant, std::size_t nodes, const std::string& path,
                                      std::vector<Error>& errors) = nullptr;
  std::vector<WorkloadInfo> workloads;  ///< what clients can do; the first unless a scenario says another; empty: no clients
  std::vector<MeasureInfo> measures;
  bool watches_all = false;  ///< claims are looked at after events at any node of the scenario
  /// The role that a node plays ("leader"), or empty.
  std::string_view (*role)(const AnyNode&) = nullptr;
  std::string epoch_name;  ///< what the system calls an epoch ("term", "ballot"), or empty
  /// The epoch that a node is in: it never falls while the node is up.
  std::uint64_t (*epoch)(const AnyNode&) = nullptr;
};

/// How a system's author says all that. N is its node; names are those of the field, in kebab-case, and stay stable,
/// because scenarios and bundles refer to them.
template <Node N>
class Spec {
 public:
  Spec(std::string_view name, std::string_view summary) {
    info_.name = name;
    info_.summary = summary;
    if constexpr (std::default_initializable<N>) {
      info_.make_node = [](const Value& config, const std::string&, std::size_t, const std::string& path,
                           std::vector<Error>& errors) -> std::optional<NodeBox> {
        if (config.map() != nullptr && !config.map()->empty()) {
          errors.push_back({path, "found settings, but this system has none"});
          return std::nullopt;
        }
        return NodeBox(N{});
      };
    }
  }

  /// The settings: a described struct C from which an N can be made. Defaults are those of C{}. Every field has a doc. A member
  /// `std::string wrong() const`, or `wrong(std::size_t nodes) const`, says what is wrong with them together ("": nothing).
  template <Described C>
  requires std::constructible_from<N, const C&> Spec& config(const std::vector<FieldDoc>& docs) {
    info_.config = config_fields(C{}, docs);
    info_.make_node = [](const Value& value, const std::string&, std::size_t nodes, const std::string& path,
                         std::vector<Error>& errors) -> std::optional<NodeBox> {
      C config;
      if (!read_into(config, value, nodes, path, errors)) return std::nullopt;
      return NodeBox(N(config));
    };
    return *this;
  }
  /// The same with mutants: N is made from (C, the mutant), an enum whose value 0 is `none`.
  template <Described C, NamedEnum M>
  requires std::constructible_from<N, const C&, M> Spec& config(const std::vector<FieldDoc>& docs) {
    info_.config = config_fields(C{}, docs);
    info_.make_node = [](const Value& value, const std::string& mutant, std::size_t nodes, const std::string& path,
                         std::vector<Error>& errors) -> std::optional<NodeBox> {
      C config;
      if (!read_into(config, value, nodes, path, errors)) return std::nullopt;
      const std::vector<std::string> names = enum_names<M>();
      M planted{};
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == mutant) planted = static_cast<M>(i);
      }
      return NodeBox(N(config, planted));
    };
    return *this;
  }

  /// Must hold after every event at a member. The claim is a copyable callable (const Cluster<N>&, NodeId changed) that
  /// returns a Violation, and may remember what it saw.
  template <class Claim>
  Spec& always(std::string_view name, std::string_view doc, Claim claim) {
    return add(name, ClaimKind::always, doc, {}, std::move(claim));
  }
  /// Some seed of a sweep must reach it: a callable (const Cluster<N>&, NodeId changed) that returns true once it is.
  template <class Claim>
  Spec& sometimes(std::string_view name, std::string_view doc, Claim claim) {
    return add(name, ClaimKind::sometimes, doc, {}, std::move(claim));
  }
  /// Some seed of a sweep must reach the place that says ctx.mark(name).
  Spec& sometimes(std::string_view name, std::string_view doc) {
    info_.claims.push_back({std::string(name), ClaimKind::sometimes, std::string(doc), {}, std::string(name), nullptr});
    return *this;
  }
  /// Liveness: once faults have stopped it must come true `within` that time. Callable as for always, or returning bool.
  template <class Claim>
  Spec& eventually(std::string_view name, std::string_view doc, Claim claim, Duration within) {
    return add(name, ClaimKind::eventually, doc, within, std::move(claim));
  }
  /// The clients' history must satisfy that model: "linearizable-kv", "strict-serializable-list-append", "bank". With a workload:
  /// the history of the clients that have it, in scenarios where some have.
  Spec& history(std::string_view model, std::string_view workload = {}) {
    info_.histories.push_back({std::string(model), std::string(workload)});
    return *this;
  }
  /// The node that plays a client of this system, which is a store with the workloads of one: constructible from a Workload.
  template <Node Client>
  requires std::constructible_from<Client, const Workload&> Spec& clients() {
    add_workload<Client>("kv", "read, write, cas, append and erase on keys", WorkloadKind::kv);
    add_workload<Client>("register", "read and write of one key", WorkloadKind::reg);
    return add_workload<Client>("cas-register", "read, write and cas of one key", WorkloadKind::cas_register);
  }
  /// The node that plays a client with a workload of this system's own. Of the workload's settings it may use what fits.
  template <Node Client>
  requires std::constructible_from<Client, const Workload&> Spec& clients(std::string_view name, std::string_view doc) {
    return add_workload<Client>(name, doc, WorkloadKind::own);
  }
  /// Something that the report shows of a finished run: a callable (const Cluster<N>&) that returns a Value: a number, a text,
  /// or a list of numbers, which is a series over the run's time and drawn as one.
  template <class Take>
  Spec& measure(std::string_view name, std::string_view doc, Take take) {
    info_.measures.push_back({std::string(name), std::string(doc), [take](const View& view, std::span<const NodeId> members) {
                                return Value(take(Cluster<N>(view, members)));
                              }});
    return *this;
  }
  /// Claims are looked at after events at any node of the scenario, not only at members: for claims across systems. `changed`
  /// may then be a node of another system.
  Spec& watches_all() {
    info_.watches_all = true;
    return *this;
  }
  /// A bug that can be planted; `mutant` is the value's name in the enum given to config(), with '-' for '_'.
  Spec& mutant(std::string_view name, std::string_view doc, std::string_view source) {
    info_.mutants.push_back({std::string(name), std::string(doc), std::string(source)});
    return *this;
  }
  /// A function of N's state (std::string_view (*)(const N&)) that names the role a node plays, for faults and reports.
  template <std::string_view (*Role)(const N&)>
  Spec& role() {
    info_.role = [](const AnyNode& node) -> std::string_view {
      const N* own = node.as<N>();
      return own == nullptr ? std::string_view() : Role(*own);
    };
    return *this;
  }

  /// A function of N's state (std::uint64_t (*)(const N&)) that numbers the epoch a node is in, by the field's name for it
  /// ("term"): viewers show it beside the role.
  template <std::uint64_t (*Epoch)(const N&)>
  Spec& epoch(std::string_view name) {
    info_.epoch_name = name;
    info_.epoch = [](const AnyNode& node) -> std::uint64_t {
      const N* own = node.as<N>();
      return own == nullptr ? 0 : Epoch(*own);
    };
    return *this;
  }

  const SystemInfo& info() const { return info_; }

 private:
  template <class Claim>
  class Model final : public AnyClaim {
   public:
    explicit Model(Claim claim) : claim_(std::move(claim)) {}
    std::unique_ptr<AnyClaim> clone() const override { return std::make_unique<Model>(*this); }
    Violation check(const View& view, std::span<const NodeId> members, NodeId changed) override {
      const Cluster<N> cluster(view, members);
      if constexpr (std::same_as<std::invoke_result_t<Claim&, const Cluster<N>&, NodeId>, bool>) {
        return claim_(cluster, changed) ? Violation() : Violation(std::string());
      } else {
        return claim_(cluster, changed);
      }
    }

   private:
    Claim claim_;
  };

  template <class C>
  static bool read_into(C& config, const Value& value, std::size_t nodes, const std::string& path, std::vector<Error>& errors) {
    if (value.is_nil()) return true;
    std::vector<Error> found = read_config(config, value, path);
    errors.insert(errors.end(), found.begin(), found.end());
    if (!found.empty()) return false;
    std::string wrong = wrong_together(config, nodes);
    if (wrong.empty()) return true;
    errors.push_back({path, std::move(wrong)});
    return false;
  }

  // C::wrong() or C::wrong(nodes), where settings that are right one by one may be wrong together, or for so many nodes.
  template <class C>
  static std::string wrong_together(const C& config, std::size_t nodes) {
    if constexpr (requires {
                    { config.wrong(nodes) } -> std::same_as<std::string>;
                  }) {
      return config.wrong(nodes);
    } else if constexpr (requires {
                           { config.wrong() } -> std::same_as<std::string>;
                         }) {
      return config.wrong();
    }
    return {};
  }

  template <class Client>
  Spec& add_workload(std::string_view name, std::string_view doc, WorkloadKind kind) {
    info_.workloads.push_back(
        {std::string(name), std::string(doc), kind, [](const Workload& workload) { return NodeBox(Client(workload)); }});
    return *this;
  }

  template <class Claim>
  Spec& add(std::string_view name, ClaimKind kind, std::string_view doc, Duration within, Claim claim) {
    info_.claims.push_back(
        {std::string(name), kind, std::string(doc), within, {}, std::make_shared<Model<Claim>>(std::move(claim))});
    return *this;
  }

  SystemInfo info_;
};

}  // namespace sim::check
