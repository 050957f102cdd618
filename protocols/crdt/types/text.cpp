#include "protocols/crdt/types/text.hpp"

#include <algorithm>

namespace protocols::crdt {

Text::Op Text::prepare(const Stamp& stamp, const Edit& edit, Mutant /*planted*/) const {
  Op op;
  if (edit.erase > 0) op.erased = sequence.visible(edit.position, edit.erase);
  if (!edit.insert.empty()) {
    op.inserts.push_back(sequence.typed(stamp.replica, std::min(edit.position, sequence.size()), edit.insert));
  }
  return op;
}

Text::Delta Text::whole() const {
  Delta out;
  for (TextItem& item : sequence.items()) {
    if (item.erased) out.erased.push_back({item.run.first, item.run.text.size()});
    out.inserts.push_back(std::move(item.run));
  }
  return out;
}

void Text::join(const Delta& delta, Mutant planted) {
  if (delta.inserts.size() == 1) {
    sequence.insert(delta.inserts.front(), planted);
  } else if (!delta.inserts.empty()) {
    // Each replica's own in its order, and from one to the next where origins are lacking.
    std::vector<const TextInsert*> waiting;
    for (const TextInsert& insert : delta.inserts) waiting.push_back(&insert);
    std::sort(waiting.begin(), waiting.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    for (std::size_t before = waiting.size() + 1; waiting.size() < before;) {
      before = waiting.size();
      waiting.erase(std::remove_if(waiting.begin(), waiting.end(), [&](const auto* i) { return sequence.insert(*i, planted); }),
                    waiting.end());
    }
  }
  for (const TextSpan& span : delta.erased) sequence.erase(span);
}

Text::Delta Text::news(const Delta& delta) const {
  Delta out;
  for (const TextInsert& insert : delta.inserts) {
    if (insert.first.n + insert.text.size() - 1 > sequence.known(insert.first.replica)) out.inserts.push_back(insert);
  }
  for (const TextSpan& span : delta.erased) {
    if (!sequence.erased(span)) out.erased.push_back(span);
  }
  return out;
}

}  // namespace protocols::crdt
