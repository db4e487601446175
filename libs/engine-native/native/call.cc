#include "call.h"

namespace {

void require(napi_status status, const char* what) {
  if (status != napi_ok) throw std::invalid_argument(what);
}

}  // namespace

Call::Call(napi_env env, napi_callback_info info) : env_(env) {
  void* engine = nullptr;
  require(napi_get_cb_info(env, info, &given_, values_, nullptr, nullptr), "the arguments cannot be read");
  require(napi_get_instance_data(env, &engine), "the engine is gone");
  engine_ = static_cast<Engine*>(engine);
  napi_typedarray_type type;
  std::size_t length = 0;
  void* data = nullptr;
  require(given_ > 0 ? napi_get_typedarray_info(env, values_[0], &type, &length, &data, nullptr, nullptr) : napi_invalid_arg, "the first argument is no typed array");
  require(type == napi_uint8_array ? napi_ok : napi_invalid_arg, "the first argument is no Uint8Array");
  base_ = static_cast<unsigned char*>(data);
  size_ = static_cast<std::int64_t>(length);
}

napi_value Call::given(std::size_t argument) const {
  if (argument >= given_ || argument >= kMost) throw std::invalid_argument("argument " + std::to_string(argument) + " is missing");
  return values_[argument];
}

std::int64_t Call::integerAt(std::size_t argument) const {
  std::int64_t value = 0;
  require(napi_get_value_int64(env_, given(argument), &value), "an argument is no number");
  return value;
}

std::int64_t Call::integer() { return integerAt(read_++); }

double Call::number() {
  double value = 0;
  require(napi_get_value_double(env_, given(read_++), &value), "an argument is no number");
  return value;
}
