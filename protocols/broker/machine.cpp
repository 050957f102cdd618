#include "protocols/broker/machine.hpp"

#include <algorithm>

namespace protocols::broker {

const Done* Machine::last_of(sim::NodeId client) const {
  const auto held = clients.find(client);
  return held == clients.end() ? nullptr : &held->second;
}

std::uint64_t Machine::length(std::uint32_t partition) const {
  const auto held = partitions.find(partition);
  return held == partitions.end() ? 0 : held->second.last();
}

Batch Machine::read(std::uint32_t partition, std::uint64_t from, std::uint64_t most) const {
  Batch out{partition, from, {}};
  const std::uint64_t end = std::min(length(partition), from + most);
  for (std::uint64_t offset = from; offset < end; ++offset) out.values.push_back(partitions.at(partition).at(offset + 1));
  return out;
}

// An offset is assigned where the record is applied, so two records never share one, whoever leads.
Outcome Machine::execute(const Command& command) {
  Outcome out;
  switch (command.kind) {
    case CommandKind::send:
      out.offset = length(command.partition);
      partitions[command.partition].append(command.value);
      break;
    case CommandKind::commit_offsets:  // a group's clients poll the same records: the one that lags takes nothing back
      for (const auto& [partition, offset] : command.offsets) committed[partition] = std::max(committed[partition], offset);
      break;
    case CommandKind::list_committed_offsets:
      for (const auto& [partition, unused] : command.offsets) {
        if (const auto held = committed.find(partition); held != committed.end()) out.offsets.emplace_back(partition, held->second);
      }
      break;
  }
  return out;
}

std::optional<Outcome> Machine::apply(const Command& command, bool repeat) {
  ++applied;
  const Done* last = repeat ? nullptr : last_of(command.client);
  if (last != nullptr && command.sequence <= last->sequence)
    return command.sequence == last->sequence ? std::optional(last->outcome) : std::nullopt;
  Outcome out = execute(command);
  clients[command.client] = {command.sequence, out};
  return out;
}

}  // namespace protocols::broker
