// A short list of sizes kept inline: shapes and strides never touch the heap.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>

#include "tape/error.h"

namespace tape {

constexpr int kMaxRank = 8;

class Dims {
 public:
  Dims() = default;
  Dims(std::initializer_list<int64_t> values) {
    for (int64_t value : values) push_back(value);
  }
  Dims(const Dims& other) { *this = other; }
  /// Copies only the values in use: shapes are copied on every op, and most have one or two.
  Dims& operator=(const Dims& other) {
    size_ = other.size_;
    for (int i = 0; i < size_; ++i) values_[i] = other.values_[i];
    return *this;
  }
  static Dims filled(int size, int64_t value) {
    Dims dims;
    for (int i = 0; i < size; ++i) dims.push_back(value);
    return dims;
  }

  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  int64_t& operator[](int i) { return values_[i]; }
  int64_t operator[](int i) const { return values_[i]; }
  int64_t* data() { return values_; }
  const int64_t* data() const { return values_; }
  int64_t* begin() { return values_; }
  int64_t* end() { return values_ + size_; }
  const int64_t* begin() const { return values_; }
  const int64_t* end() const { return values_ + size_; }
  int64_t back() const { return values_[size_ - 1]; }

  void push_back(int64_t value) {
    if (size_ == kMaxRank) fail(ErrorCode::shape, "shape", "at most ", kMaxRank, " dimensions are supported");
    values_[size_++] = value;
  }
  void insert(int at, int64_t value) {
    push_back(value);
    for (int i = size_ - 1; i > at; --i) values_[i] = values_[i - 1];
    values_[at] = value;
  }
  void erase(int at) {
    for (int i = at; i + 1 < size_; ++i) values_[i] = values_[i + 1];
    --size_;
  }
  bool operator==(const Dims& other) const {
    if (size_ != other.size_) return false;
    for (int i = 0; i < size_; ++i)
      if (values_[i] != other.values_[i]) return false;
    return true;
  }
  bool operator!=(const Dims& other) const { return !(*this == other); }

 private:
  int32_t size_ = 0;
  int64_t values_[kMaxRank];
};

/// Number of elements; 1 for a 0-d shape.
inline int64_t numel_of(const Dims& shape) {
  int64_t count = 1;
  for (int64_t size : shape) count *= size;
  return count;
}

inline Dims contiguous_strides(const Dims& shape) {
  Dims strides = shape;
  int64_t stride = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    strides[i] = stride;
    stride *= shape[i] > 0 ? shape[i] : 1;
  }
  return strides;
}

/// `32x100`, or `scalar` for a 0-d shape.
inline std::string to_string(const Dims& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (int i = 0; i < shape.size(); ++i) {
    if (i) text += 'x';
    text += std::to_string(shape[i]);
  }
  return text;
}

/// Maps a negative dimension to its place; `rank` 0 is treated as 1, as PyTorch does.
inline int wrap_dim(const char* where, int64_t dim, int rank) {
  const int range = rank > 0 ? rank : 1;
  if (dim < -range || dim >= range)
    fail(ErrorCode::value, where, "dim must be between ", -range, " and ", range - 1, ", got ", dim);
  return static_cast<int>(dim < 0 ? dim + range : dim);
}

/// Shape both operands broadcast to, or an error naming `where`.
Dims broadcast_shapes(const char* where, const Dims& a, const Dims& b);
/// True when a tensor of shape `from` can be expanded to `to`.
bool is_expandable(const Dims& from, const Dims& to);

}  // namespace tape
