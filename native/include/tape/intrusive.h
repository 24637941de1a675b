// A reference-counted pointer whose count lives in the object. The count is not atomic: tensors belong
// to the thread that made them (one engine per JavaScript environment), so no other thread may hold one.
#pragma once
#include <utility>

namespace tape {

/// T needs a public `refs` counter and a function `destroy()` called when it reaches zero.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* raw) : raw_(raw) {
    if (raw_) ++raw_->refs;
  }
  Ref(const Ref& other) : Ref(other.raw_) {}
  Ref(Ref&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  ~Ref() { reset(); }
  Ref& operator=(Ref other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  void reset() {
    T* raw = std::exchange(raw_, nullptr);
    if (raw && --raw->refs == 0) raw->destroy();
  }
  /// Gives up the pointer without touching the count; `adopt` is its counterpart.
  T* release() { return std::exchange(raw_, nullptr); }
  static Ref adopt(T* raw) {
    Ref ref;
    ref.raw_ = raw;
    return ref;
  }
  T* get() const { return raw_; }
  T* operator->() const { return raw_; }
  T& operator*() const { return *raw_; }
  explicit operator bool() const { return raw_ != nullptr; }
  bool operator==(const Ref& other) const { return raw_ == other.raw_; }

 private:
  T* raw_ = nullptr;
};

}  // namespace tape
