// Two text formats of transactions on registers, line by line: AWDIT's tests, and what PolySI and Plume read.
//
// Neither knows real time: transactions of one session are in their order, and nothing is known between sessions. Every model keeps
// the order of sessions, as these tools define them all.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/check/transactions/log.hpp"
#include "sim/core/result.hpp"

namespace sim::check::transactions {

/// AWDIT's tests (Møldrup and Pavlogiannis, PLDI 2025): "w 1 2" and "r 1 2" (object, value), a line of dashes ends a transaction, a
/// line of equals signs ends a session. Objects have no initial value. Lines may come in blocks of any size, without their ends.
class AwditText {
 public:
  AwditText();
  /// Takes a line; `number` counts from 1. Error: "line N, column M".
  Result<bool> line(std::string_view text, std::uint32_t number);
  /// The transactions of all lines; what was not ended ends here. Error: none, but for the shape of readers.
  Result<Log> finish();

 private:
  struct Row {
    bool write = false;
    Value key;
    Value value;
  };
  void end_transaction();

  Log log_;
  std::vector<Row> rows_;  // of the open transaction
  std::int64_t session_ = 0;
  std::uint32_t first_line_ = 0;
};

/// PolySI's and Plume's: "r(1,2,3,4)" and "w(1,2,3,4)" (object, value, session, transaction); value 0 is an object's initial one.
/// A transaction's lines stand together among those of its session, and sessions may alternate.
class PolysiText {
 public:
  PolysiText();
  /// Takes a line; `number` counts from 1. Error: "line N, column M"; also a transaction that goes on after its session's next one.
  Result<bool> line(std::string_view text, std::uint32_t number);
  Result<Log> finish();

 private:
  struct Row {
    std::uint32_t group = 0;  // number of its transaction
    bool write = false;
    std::int64_t key = 0;
    std::int64_t value = 0;
  };
  struct Group {
    std::int64_t session = 0;
    std::int64_t txn = 0;
    std::uint32_t line = 0;
    std::uint32_t rows = 0;
  };

  std::vector<Row> rows_;
  std::vector<Group> groups_;
  std::map<std::int64_t, std::uint32_t> open_;                              // session -> its last transaction's group
  std::map<std::pair<std::int64_t, std::int64_t>, std::uint32_t> numbers_;  // session and transaction -> group
};

}  // namespace sim::check::transactions
