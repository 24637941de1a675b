// A vector whose first N elements need no allocation: most ops have one output and two inputs.
#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace tape {

template <class T, size_t N>
class SmallVector {
 public:
  SmallVector() = default;
  SmallVector(const SmallVector&) = delete;
  SmallVector& operator=(const SmallVector&) = delete;
  ~SmallVector() {
    clear();
    if (data_ != local()) ::operator delete (data_, std::align_val_t{alignof(T)});
  }

  template <class... Args>
  T& emplace_back(Args&&... args) {
    if (size_ == capacity_) grow();
    return *new (data_ + size_++) T{std::forward<Args>(args)...};
  }
  void push_back(T value) { emplace_back(std::move(value)); }
  void resize(size_t size) {
    while (size_ > size) data_[--size_].~T();
    while (size_ < size) emplace_back();
  }
  void clear() { resize(0); }
  /// Takes over the elements of `other`, which is empty afterwards.
  void take(SmallVector& other) {
    clear();
    for (T& element : other) emplace_back(std::move(element));
    other.clear();
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  operator std::span<T>() { return {data_, size_}; }

 private:
  T* local() { return reinterpret_cast<T*>(local_); }
  void grow() {
    T* bigger = static_cast<T*>(::operator new (2 * capacity_ * sizeof(T), std::align_val_t{alignof(T)}));
    for (size_t i = 0; i < size_; ++i) {
      new (bigger + i) T(std::move(data_[i]));
      data_[i].~T();
    }
    if (data_ != local()) ::operator delete (data_, std::align_val_t{alignof(T)});
    data_ = bigger;
    capacity_ *= 2;
  }

  size_t size_ = 0;
  size_t capacity_ = N;
  alignas(T) unsigned char local_[N * sizeof(T)];
  T* data_ = local();
};

}  // namespace tape
