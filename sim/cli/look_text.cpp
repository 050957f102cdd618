#include "sim/cli/look_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/cli/terminal.hpp"

namespace sim::cli {

namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kWhat = 28;  // where the fourth column of an event begins

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Whether a text can stand without quotes and is still no number: a word, or a duration.
bool is_plain(std::string_view text) {
  const auto fine = [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  return !text.empty() && (is_letter(text.front()) || is_letter(text.back())) && std::all_of(text.begin(), text.end(), fine) &&
         text != "true" && text != "false" && text != "null";
}

std::string line_of(const Value& value, int depth);

/// The members of a map, without braces: "term 9, voted_for 3".
std::string members_text(const Value::Map& map, int depth) {
  std::string out;
  for (const auto& [key, member] : map) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", key, line_of(member, depth - 1));
  return out;
}

/// All of a value down to `depth` levels, and below that counts.
std::string line_of(const Value& value, int depth) {
  if (const std::string* text = value.text(); text != nullptr && is_plain(*text)) return *text;
  if (const Value::List* list = value.list()) {
    if (depth <= 0 && !list->empty())
      return fmt::format("[{}]", list->size() == 1 ? "1 element" : grouped(list->size()) + " elements");
    std::string out;
    for (const Value& element : *list) out += (out.empty() ? "" : ", ") + line_of(element, depth - 1);
    return "[" + out + "]";
  }
  if (const Value::Map* map = value.map()) return depth <= 0 && !map->empty() ? "{...}" : "{" + members_text(*map, depth) + "}";
  return value.to_json();
}

constexpr int kDeepest = 200;  // as deep as JSON is read

/// The most telling of the texts that fit.
template <class Text>
std::string fitted(std::size_t width, Text&& text_at_depth) {
  std::string out;
  for (const int depth : {kDeepest, 3, 2, 1}) {
    out = text_at_depth(depth);
    if (out.size() <= width) return out;
  }
  constexpr std::string_view more = "...";
  if (width <= more.size()) return std::string(more);
  std::size_t end = width - more.size();
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;  // never within a letter of UTF-8
  return out.substr(0, end) + std::string(more);
}

std::string text_of(const Value& line, std::string_view key) {
  const Value* found = line.find(key);
  return found == nullptr || found->text() == nullptr ? "" : *found->text();
}

std::uint64_t number_of(const Value& line, std::string_view key) {
  const Value* found = line.find(key);
  return found == nullptr || found->integer() == nullptr ? 0 : static_cast<std::uint64_t>(*found->integer());
}

std::string what_text(const Value& line) {
  const std::string kind = text_of(line, "kind");
  if (kind == "start") return "starts";
  if (kind == "sync") return "its writes are durable";
  if (kind == "note" || kind == "mark") return kind + ": " + text_of(line, "text");
  if (kind == "fault") return text_of(line, "text");
  std::string type = text_of(line, "type");
  const Value* value = line.find("value");
  if (value == nullptr || value->map() == nullptr || value->map()->empty()) return type;
  constexpr std::size_t two_lines = 2 * (kColumns - kWhat) - 4;
  return type + " " + fitted(two_lines - type.size(), [&](int depth) { return members_text(*value->map(), depth); });
}

/// Where an event comes from.
std::string origin_text(const Value& line) {
  const std::string kind = text_of(line, "kind");
  const std::uint64_t cause = number_of(line, "cause");
  const std::string by = cause == 0 ? "" : " in event " + grouped(cause);
  const std::string from = "from " + text_of(line, "from");
  if (kind == "deliver") return from + ", sent at " + clock_text(Time{static_cast<std::int64_t>(number_of(line, "sent"))}) + by;
  if (kind == "timer") return "timer set" + by;
  if (kind == "sync") return "sync begun" + by;
  if (kind == "start" && cause != 0) return "restarted" + by;
  if (kind == "drop") {
    const std::string why = text_of(line, "text");
    return from + ", sent" + by + (why == "loss" ? ": lost" : why == "cut" ? ": cut off by a partition" : ": the node was down");
  }
  if (kind == "duplicate") return from + ", sent" + by + ": will arrive twice";
  return "";
}

/// Broken into lines that all begin at one column.
std::string hanging(std::string_view text, std::size_t column = kWhat) {
  std::string out;
  for (const char c : wrapped(text, kColumns - column, 0)) {
    out += c;
    if (c == '\n') out += std::string(column, ' ');
  }
  return out;
}

/// What stands behind a name.
struct Row {
  std::string name;
  const Value* value;
};

void append_rows(std::string& out, const std::vector<Row>& rows, std::size_t indent);

std::vector<Row> rows_of(const Value& tree, std::uint64_t first_index = 0) {
  std::vector<Row> rows;
  if (const Value::Map* map = tree.map()) {
    for (const auto& [key, value] : *map) rows.push_back({key, &value});
  } else if (const Value::List* list = tree.list()) {
    for (std::size_t i = 0; i < list->size(); ++i) rows.push_back({std::to_string(first_index + i), &(*list)[i]});
  }
  return rows;
}

bool is_number(std::string_view name) { return name.find_first_not_of("0123456789") == std::string_view::npos; }

void append_row(std::string& out, const Row& row, std::size_t indent, std::size_t name_width) {
  constexpr std::size_t most_lines = 4;
  const std::size_t column = std::min(kColumns - 20, indent + name_width + 2);
  const std::size_t left = kColumns - column;
  const Value::Map* map = row.value->map();
  const bool element = is_number(row.name);
  const std::string whole =
      element && map != nullptr && !map->empty() ? members_text(*map, kDeepest) : line_of(*row.value, kDeepest);
  if (whole.size() <= left || (element && map != nullptr && whole.size() < most_lines * left)) {
    out += fmt::format("{:{}}{:<{}}  {}\n", "", indent, row.name, name_width, hanging(whole, column));
  } else if (map != nullptr || row.value->list() != nullptr) {
    out += fmt::format("{:{}}{}\n", "", indent, row.name);
    append_rows(out, rows_of(*row.value), indent + 2);
  } else {
    out += fmt::format("{:{}}{:<{}}  {}\n", "", indent, row.name, name_width, short_text(*row.value, left));
  }
}

void append_rows(std::string& out, const std::vector<Row>& rows, std::size_t indent) {
  constexpr std::size_t most = 9;
  constexpr std::size_t each_end = 4;
  const bool is_list = !rows.empty() && is_number(rows.front().name);
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.name.size());
  width = std::min<std::size_t>(width, 24);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (is_list && rows.size() > most && i == each_end) {
      const std::size_t left_out = rows.size() - 2 * each_end;
      out += fmt::format("{:{}}{}\n", "", indent, faint(fmt::format("... {} more", grouped(left_out))));
      i += left_out;
    }
    append_row(out, rows[i], indent, width);
  }
}

std::string side_text(const std::optional<Value>& side, std::size_t width) { return side ? short_text(*side, width) : "(none)"; }

/// "LEFT BETWEEN RIGHT" in `width` columns, one side cut where the other is short; empty where neither is short enough.
std::string on_one_line(const Difference& d, std::string_view between, std::size_t width) {
  constexpr std::size_t least = 24;  // what is cut shorter tells nothing
  const std::size_t left = side_text(d.left, width).size();
  const std::size_t right = side_text(d.right, width).size();
  const std::size_t both = width - std::min(width, between.size() + 2);
  const bool fits = left + right <= both;
  if (!fits && std::min(left, right) + least > both) return {};
  const std::size_t for_left = fits || left <= right ? left : both - right;
  const std::size_t for_right = fits || left > right ? right : both - left;
  return fmt::format("{} {} {}", side_text(d.left, for_left), between, side_text(d.right, for_right));
}

std::string_view short_path(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  return path.empty() ? "all" : path;
}

}  // namespace

std::string clock_text(Time t) { return fmt::format("{:.6f}s", static_cast<double>(t.ns) / 1e9); }

std::string short_text(const Value& value, std::size_t width) {
  return fitted(width, [&](int depth) { return line_of(value, depth); });
}

std::string under_event(std::string_view text) { return std::string(kWhat, ' ') + hanging(text) + "\n"; }

std::string event_text(const Value& line) {
  const Time at{static_cast<std::int64_t>(number_of(line, "t"))};
  const std::string head = fmt::format("{:>8}  {:>11}  {}", grouped(number_of(line, "event")), clock_text(at),
                                       bold(fmt::format("{:<3}", text_of(line, "node"))));
  std::string out = fmt::format("{}  {}\n", head, hanging(what_text(line)));
  if (const std::string origin = origin_text(line); !origin.empty()) out += faint(under_event(origin));
  return out;
}

std::string differences_text(const std::vector<Difference>& all, std::size_t indent, std::string_view between, std::size_t most) {
  std::size_t width = 0;
  for (const Difference& d : all) {
    if (const std::size_t size = short_path(d.path).size(); size <= 32) width = std::max(width, size);
  }
  std::string out;
  for (std::size_t i = 0; i < std::min(all.size(), most); ++i) {
    const Difference& d = all[i];
    const std::string path = fmt::format("{:<{}}", short_path(d.path), width);
    if (const std::string sides = on_one_line(d, between, kColumns - std::min(kColumns, indent + path.size() + 2));
        !sides.empty()) {
      out += fmt::format("{:{}}{}  {}\n", "", indent, path, yellow(sides));
      continue;
    }
    const std::size_t inner = indent + 2;
    const std::string left = side_text(d.left, kColumns - inner);
    const std::string right = side_text(d.right, kColumns - inner - between.size() - 1);
    out += fmt::format("{:{}}{}\n{:{}}{}\n{:{}}{} {}\n", "", indent, short_path(d.path), "", inner, yellow(left), "", inner,
                       between, yellow(right));
  }
  if (all.size() > most)
    out += fmt::format("{:{}}{}\n", "", indent, faint(fmt::format("... {} more (all in --json)", all.size() - most)));
  return out;
}

std::string changes_text(const std::vector<Difference>& all, std::size_t most) {
  constexpr std::size_t width = 30;
  std::string out;
  for (std::size_t i = 0; i < std::min(all.size(), most); ++i) {
    std::string_view path = short_path(all[i].path);
    if (path.starts_with("state/")) path.remove_prefix(6);
    out += fmt::format("{}{} {} -> {}", i == 0 ? "" : ", ", path, side_text(all[i].left, width), side_text(all[i].right, width));
  }
  if (all.size() > most) out += fmt::format(", and {} more", all.size() - most);
  return out;
}

std::string tree_text(const Value& tree, std::size_t indent) {
  std::string out;
  append_rows(out, rows_of(tree), indent);
  return out;
}

std::string disk_text(const Value& disk) {
  const std::uint64_t written = number_of(disk, "written");
  const std::uint64_t synced = number_of(disk, "synced");
  if (written == 0) return "disk       never written\n";
  std::string out = fmt::format("disk       {} write{}, {}\n", grouped(written), written == 1 ? "" : "s",
                                synced == written ? "all durable" : yellow(grouped(written - synced) + " not durable yet"));
  for (const auto& [name, content] : *disk.map()) {
    if (content.map() == nullptr || content.map()->empty()) continue;
    out += "  " + name + "\n";
    if (name != "logs") {
      out += tree_text(content, 4);
      continue;
    }
    for (const auto& [log, held] : *content.map()) {
      const std::uint64_t first = number_of(held, "first");
      const Value* records = held.find("elements");
      const std::size_t count = records == nullptr || records->list() == nullptr ? 0 : records->list()->size();
      out += count == 0 ? fmt::format("    {}  empty, the next record is {}\n", log, grouped(first))
                        : fmt::format("    {}  {} record{}, {} to {}\n", log, grouped(count), count == 1 ? "" : "s", grouped(first),
                                      grouped(first + count - 1));
      if (count > 0) append_rows(out, rows_of(*records, first), 6);
    }
  }
  return out;
}

}  // namespace sim::cli
