// Node: the concept that a protocol's author fulfils, and AnyNode, how the engine holds one.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sim/core/describe.hpp"
#include "sim/core/payload.hpp"
#include "sim/node/ctx.hpp"

namespace sim {

/// The list of what a node handles: messages by on(Ctx&, NodeId from, const M&), timers by on(Ctx&, const T&).
template <class... T>
struct Accepts {};

template <class N, class M>
concept HandlesMessage = requires(N& node, Ctx& ctx, NodeId from, const M& message) {
  node.on(ctx, from, message);
};
template <class N, class T>
concept HandlesTimer = requires(N& node, Ctx& ctx, const T& timer) {
  node.on(ctx, timer);
};

namespace detail {
template <class N, class List>
inline constexpr bool handles_all = false;
template <class N, class... M>
inline constexpr bool handles_all<N, Accepts<M...>> = ((Described<M> && (HandlesMessage<N, M> || HandlesTimer<N, M>)) && ...);
}  // namespace detail

/// A process as a value: it copies, describes its whole state, and handles everything in its Inbox.
/// start() runs at boot, and after a crash with a fresh value of the node and what the disk kept.
template <class N>
concept Node = std::copyable<N> && Described<N> && requires(N node, Ctx& ctx) {
  typename N::Inbox;
  node.start(ctx);
} && detail::handles_all<N, typename N::Inbox>;

/// A node whose type is not known here.
class AnyNode {
 public:
  virtual ~AnyNode() = default;
  virtual std::unique_ptr<AnyNode> clone() const = 0;
  virtual void start(Ctx& ctx) = 0;
  /// Hands over a message, or a timer of the node's own. False where the node has no handler for its type.
  virtual bool deliver(Ctx& ctx, NodeId from, const Payload& what) = 0;
  virtual void hash(Digest& d) const = 0;
  virtual void json(std::string& out) const = 0;
  virtual std::string_view type_name() const = 0;

  /// The node if it is an N, else nullptr.
  template <class N>
  const N* as() const;

 protected:
  explicit AnyNode(const void* type) : type_(type) {}
  AnyNode(const AnyNode&) = default;
  AnyNode& operator=(const AnyNode&) = default;

 private:
  const void* type_;  // identity of the node's type in this process
};

namespace detail {

template <class N>
inline constexpr char kNodeType = 0;

template <Node N>
class NodeModel final : public AnyNode {
 public:
  explicit NodeModel(N node) : AnyNode(&kNodeType<N>), node_(std::move(node)) {}
  const N& node() const { return node_; }

  std::unique_ptr<AnyNode> clone() const override { return std::make_unique<NodeModel>(node_); }
  void start(Ctx& ctx) override { node_.start(ctx); }
  bool deliver(Ctx& ctx, NodeId from, const Payload& what) override { return dispatch(ctx, from, what, typename N::Inbox{}); }
  void hash(Digest& d) const override { hash_into(d, node_); }
  void json(std::string& out) const override { json_into(out, node_); }
  std::string_view type_name() const override { return N::type_name(); }

 private:
  template <class... M>
  bool dispatch([[maybe_unused]] Ctx& ctx, [[maybe_unused]] NodeId from, [[maybe_unused]] const Payload& what, Accepts<M...>) {
    return (try_one<M>(ctx, from, what) || ...);
  }
  template <class M>
  bool try_one(Ctx& ctx, NodeId from, const Payload& what) {
    const M* held = what.as<M>();
    if (held == nullptr) return false;
    if constexpr (HandlesMessage<N, M>) {
      node_.on(ctx, from, *held);
    } else {
      node_.on(ctx, *held);
    }
    return true;
  }

  N node_;
};

}  // namespace detail

template <class N>
const N* AnyNode::as() const {
  return type_ == &detail::kNodeType<N> ? &static_cast<const detail::NodeModel<N>*>(this)->node() : nullptr;
}

/// AnyNode with value semantics.
class NodeBox {
 public:
  template <class N>
  requires(!std::same_as<N, NodeBox> && Node<N>) explicit NodeBox(N node)
      : held_(std::make_unique<detail::NodeModel<N>>(std::move(node))) {}
  NodeBox(const NodeBox& other) : held_(other.held_->clone()) {}
  NodeBox(NodeBox&&) noexcept = default;
  NodeBox& operator=(NodeBox other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }
  ~NodeBox() = default;

  AnyNode& operator*() { return *held_; }
  const AnyNode& operator*() const { return *held_; }
  AnyNode* operator->() { return held_.get(); }
  const AnyNode* operator->() const { return held_.get(); }

 private:
  std::unique_ptr<AnyNode> held_;
};

}  // namespace sim
