#pragma once

#include <node_api.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "kernel-layouts.h"

struct Engine;

/**
 * One call from JavaScript, `kernel(memory, ...numbers)`: memory is a Uint8Array over the tensors, an address a byte offset into it.
 * Arguments are read in order; an address outside the memory throws.
 */
class Call {
 public:
  Call(napi_env env, napi_callback_info info);

  Engine& engine() const { return *engine_; }
  std::int64_t integer();
  double number();
  /** The argument of this name, whatever was read before. */
  std::int64_t integer(ConvolutionArgument name) const { return integerAt(1 + static_cast<std::size_t>(name)); }
  void skip(std::size_t arguments) { read_ += arguments; }

  template <typename T = float>
  T* at(std::int64_t address, std::int64_t count) const {
    const std::int64_t bytes = count * static_cast<std::int64_t>(sizeof(T));
    if (address < 0 || count < 0 || address + bytes > size_) {
      throw std::out_of_range(std::to_string(bytes) + " bytes at " + std::to_string(address) + " lie outside a memory of " + std::to_string(size_));
    }
    return reinterpret_cast<T*>(base_ + address);
  }

 private:
  static constexpr std::size_t kMost = 24;
  std::int64_t integerAt(std::size_t argument) const;
  napi_value given(std::size_t argument) const;

  napi_env env_;
  napi_value values_[kMost];
  std::size_t given_ = kMost;
  std::size_t read_ = 1;
  unsigned char* base_ = nullptr;
  std::int64_t size_ = 0;
  Engine* engine_ = nullptr;
};
