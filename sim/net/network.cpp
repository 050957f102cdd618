#include "sim/net/network.hpp"

#include <algorithm>
#include <cassert>

namespace sim {

namespace {

// The places of a message's decisions in its own stream.
constexpr std::uint64_t kLossDraw = 0;
constexpr std::uint64_t kDuplicateDraw = 1;
constexpr std::uint64_t kCorruptDraw = 2;
constexpr std::uint64_t kJitterDraw = 3;
constexpr std::uint64_t kCopyJitterDraw = 8;
constexpr std::uint64_t kLatencyDraw = 16;
constexpr std::uint64_t kCopyLatencyDraw = 32;

bool happens(std::uint64_t key, std::uint64_t place, std::uint64_t billionths) {
  return billionths > 0 && Rng(key, place).below(Ratio::kOne) < billionths;
}

}  // namespace

Duration Latency::sample(Rng& rng) const {
  switch (kind) {
    case LatencyKind::fixed: return low;
    case LatencyKind::uniform: return rng.between(low, high);
    case LatencyKind::exponential: return std::min(low + exponential(rng, high), Duration::longest());
    case LatencyKind::log_normal: return log_normal(rng, low, shape);
    case LatencyKind::pareto: return pareto(rng, low, shape);
  }
  return low;
}

Network::Network(std::uint64_t seed, std::size_t nodes, Link standard)
    : key_(Rng(seed, "net", 0).key()), nodes_(nodes), standard_(standard) {
  assert(nodes <= (std::size_t{1} << 20U));
  note_needs(standard_);
}

void Network::note_needs(const Link& link) {
  has_bandwidth_ = has_bandwidth_ || link.bytes_per_second > 0;
  has_wires_ = has_wires_ || link.fifo || link.bytes_per_second > 0;
}

void Network::set_link(NodeId from, NodeId to, Link link) {
  if (override_of_.empty()) override_of_.resize(nodes_ * nodes_);
  std::uint16_t& at = override_of_[index(from) * nodes_ + index(to)];
  if (at == 0) {
    assert(overrides_.size() < 65535);
    overrides_.push_back({from, to, link});
    at = static_cast<std::uint16_t>(overrides_.size());
  } else {
    overrides_[at - 1U].link = link;
  }
  note_needs(link);
}

const Link& Network::link(NodeId from, NodeId to) const {
  if (override_of_.empty()) return standard_;
  const std::uint16_t at = override_of_[index(from) * nodes_ + index(to)];
  return at == 0 ? standard_ : overrides_[at - 1U].link;
}

void Network::disturb(std::uint32_t number, Disturbance disturbance) {
  assert(disturbance.from.size() == nodes_);
  assert(disturbance.to.size() == nodes_);
  if (disturbance.bytes_per_second > 0) has_bandwidth_ = has_wires_ = true;
  disturbances_.emplace_back(number, std::move(disturbance));
}

void Network::calm(std::uint32_t number) {
  std::erase_if(disturbances_, [&](const auto& d) { return d.first == number; });
}

Network::Wire& Network::wire(NodeId from, NodeId to) {
  if (wires_.empty()) wires_.resize(nodes_ * nodes_);
  return wires_[index(from) * nodes_ + index(to)];
}

Time Network::arrival(const Link& link, std::uint64_t bytes_per_second, NodeId from, NodeId to, Time now, Duration latency,
                      std::uint64_t bytes) {
  if (!has_wires_) return now + latency;
  Time leaves = now;
  if (bytes_per_second > 0) {
    Wire& w = wire(from, to);
    __extension__ using Wide = unsigned __int128;
    const auto on_wire = static_cast<std::int64_t>(static_cast<Wide>(bytes) * 1'000'000'000U / bytes_per_second);
    leaves = std::max(now, w.free_at) + Duration{on_wire};
    w.free_at = leaves;
  }
  Time arrives = leaves + latency;
  if (link.fifo) {
    Wire& w = wire(from, to);
    arrives = std::max(arrives, w.last_arrival);
    w.last_arrival = arrives;
  }
  return arrives;
}

Network::Trouble Network::trouble(const Link& link, NodeId from, NodeId to, Time now) const {
  Trouble out{.loss = link.loss.billionths,
              .duplicate = link.duplicate.billionths,
              .corrupt = link.corrupt.billionths,
              .bytes_per_second = link.bytes_per_second};
  if (disturbances_.empty() || spared(from, to)) return out;
  for (const auto& [number, d] : disturbances_) {
    if (!d.hits(from, to)) continue;
    out.cut = out.cut || d.cut;
    out.clog = out.clog || d.clog;
    if (d.burst > Duration{}) {
      // Whether this stretch of time is a bad one is decided for the link, whoever sends how much.
      const auto stretch = static_cast<std::uint64_t>(now.ns / d.burst.ns);
      const std::uint64_t link_key = Rng::derive(~key_, std::uint64_t{index(from)} << 32U | index(to), stretch);
      out.burst = out.burst || happens(link_key, kLossDraw, d.loss.billionths);
    } else {
      out.loss += d.loss.billionths;
    }
    out.duplicate += d.duplicate.billionths;
    out.corrupt += d.corrupt.billionths;
    out.delay = std::min(out.delay + d.delay, Duration::longest());
    out.jitter = std::min(out.jitter + d.jitter, Duration::longest());
    if (d.bytes_per_second > 0 && (out.bytes_per_second == 0 || d.bytes_per_second < out.bytes_per_second))
      out.bytes_per_second = d.bytes_per_second;
  }
  return out;
}

bool Network::clogged(NodeId from, NodeId to) const {
  if (spared(from, to)) return false;
  return std::any_of(disturbances_.begin(), disturbances_.end(),
                     [&](const auto& d) { return d.second.clog && d.second.hits(from, to); });
}

Route Network::route(NodeId from, NodeId to, std::uint64_t n, Time now, std::uint64_t bytes) {
  const Link& link = this->link(from, to);
  const Trouble trouble = this->trouble(link, from, to, now);
  if (trouble.cut) return {.fate = Fate::cut};
  if (trouble.clog) return {.fate = Fate::clogged};
  const std::uint64_t key = Rng::derive(key_, std::uint64_t{index(from)} << 32U | index(to), n);
  if (trouble.burst || happens(key, kLossDraw, trouble.loss)) return {.fate = Fate::lost};
  const auto arrives = [&](std::uint64_t latency_draw, std::uint64_t jitter_draw) {
    Rng latency(key, latency_draw);
    Duration delay = link.latency.sample(latency) + trouble.delay;
    if (trouble.jitter > Duration{}) {
      Rng jitter(key, jitter_draw);
      delay = delay + jitter.between({}, trouble.jitter);
    }
    return arrival(link, trouble.bytes_per_second, from, to, now, delay, bytes);
  };
  Route route{.arrives = arrives(kLatencyDraw, kJitterDraw)};
  route.corrupt = happens(key, kCorruptDraw, trouble.corrupt);
  if (happens(key, kDuplicateDraw, trouble.duplicate)) route.again = arrives(kCopyLatencyDraw, kCopyJitterDraw);
  return route;
}

void hash_into(Digest& d, const Network& network) {
  hash_into(d, network.standard_);
  for (const auto& o : network.overrides_) {
    hash_into(d, o.from);
    hash_into(d, o.to);
    hash_into(d, o.link);
  }
  for (const auto& [number, disturbance] : network.disturbances_) {
    d.add(number);
    hash_into(d, disturbance);
  }
  hash_into(d, network.spared_);
}

}  // namespace sim
