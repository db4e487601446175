#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

/** Memory aligned to a cache line that keeps the largest size it was asked for. */
class Buffer {
 public:
  /** At least so many bytes, not zeroed; what the buffer held before is lost when it grows. */
  void* reserve(std::size_t bytes) {
    if (bytes > size_) {
      const std::size_t rounded = (bytes + kLine - 1) / kLine * kLine;
      memory_.reset();
      size_ = 0;
      memory_.reset(std::aligned_alloc(kLine, rounded));
      if (!memory_) throw std::bad_alloc();
      size_ = rounded;
    }
    return memory_.get();
  }

  template <typename T>
  T* array(std::size_t count) {
    return static_cast<T*>(reserve(count * sizeof(T)));
  }

 private:
  static constexpr std::size_t kLine = 64;
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
  std::size_t size_ = 0;
};
