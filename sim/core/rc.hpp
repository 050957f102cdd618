// Rc: shared ownership for one thread. std::shared_ptr counts atomically, which a world (one thread by design) never needs.
#pragma once

#include <cassert>
#include <cstdint>
#include <utility>

namespace sim {

/// A counted pointer to a T that several values share until one of them changes it (copy on write). Never shared by threads.
template <class T>
class Rc {
 public:
  Rc() = default;
  template <class... Args>
  static Rc make(Args&&... args) {
    Rc out;
    out.box_ = new Box{T(std::forward<Args>(args)...)};
    return out;
  }
  Rc(const Rc& other) : box_(other.box_) {
    if (box_ != nullptr) ++box_->owners;
  }
  Rc(Rc&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  Rc& operator=(Rc other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~Rc() {
    if (box_ != nullptr && --box_->owners == 0) delete box_;
  }

  explicit operator bool() const { return box_ != nullptr; }
  const T& operator*() const { return box_->value; }
  const T* operator->() const { return &box_->value; }

  /// The value for writing: copied first where somebody else shares it.
  T& write() {
    assert(box_ != nullptr);
    if (box_->owners > 1) {
      Box* own = new Box{box_->value};
      --box_->owners;
      box_ = own;
    }
    return box_->value;
  }

 private:
  struct Box {
    T value;
    std::uint32_t owners = 1;
  };
  Box* box_ = nullptr;
};

}  // namespace sim
