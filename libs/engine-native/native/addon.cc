#include <node_api.h>

#include <exception>
#include <new>
#include <string>

#include "engine.h"
#include "kernels.h"

namespace {

/** The codes of the errors that leave the addon. */
constexpr const char *kFailure = "ERR_ENGINE_NATIVE", *kNoMemory = "ERR_ENGINE_NATIVE_MEMORY";

void fail(napi_env env, const char* name, const std::string& why, const char* code = kFailure) {
  napi_throw_error(env, code, (std::string(name) + ": " + why).c_str());
}

/** The one place where C++ exceptions become JavaScript's. */
template <typename Run>
napi_value guarded(napi_env env, const char* name, const Run& run) {
  try {
    run();
  } catch (const dnnl::error& error) {
    const std::string why = std::string("oneDNN: ") + error.what() + " (status " + std::to_string(static_cast<int>(error.status)) + ")";
    fail(env, name, why, error.status == dnnl_out_of_memory ? kNoMemory : kFailure);
  } catch (const std::bad_alloc&) {
    fail(env, name, "out of memory", kNoMemory);
  } catch (const std::exception& error) {
    fail(env, name, error.what());
  }
  return nullptr;
}

using Kernel = void (*)(Call&);

struct Named {
  const char* name;
  Kernel run;
};

const Named kernels[] = {
    {"convolution", convolution},
    {"multiply", multiply},
    {"binary", binary},
    {"unary", unary},
    {"sumRows", sumRows},
    {"sumColumns", sumColumns},
    {"copyRows", copyRows},
    {"transpose", transpose},
    {"upsample2x", upsample2x},
    {"upsample2xGradient", upsample2xGradient},
    {"groupNormSilu", groupNormSilu},
    {"groupNormSiluGradient", groupNormSiluGradient},
    {"groupNormSiluParts", groupNormSiluParts},
};

napi_value callKernel(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  const Named& kernel = *static_cast<const Named*>(data);
  return guarded(env, kernel.name, [&] {
    Call call(env, info);
    kernel.run(call);
  });
}

/** setThreads(count): threads of this JavaScript thread's engine, the caller included. */
napi_value setThreads(napi_env env, napi_callback_info info) {
  return guarded(env, "setThreads", [&] {
    std::size_t given = 1;
    napi_value value;
    void* engine = nullptr;
    std::int32_t threads = 0;
    if (napi_get_cb_info(env, info, &given, &value, nullptr, nullptr) != napi_ok || given < 1 || napi_get_value_int32(env, value, &threads) != napi_ok ||
        threads < 1 || napi_get_instance_data(env, &engine) != napi_ok) {
      throw std::invalid_argument("needs a number of threads of at least 1");
    }
    static_cast<Engine*>(engine)->setThreads(threads);
  });
}

void add(napi_env env, napi_value exports, const char* name, napi_callback run, const Named* data) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, run, const_cast<Named*>(data), &function) != napi_ok ||
      napi_set_named_property(env, exports, name, function) != napi_ok) {
    throw std::runtime_error(std::string("cannot export ") + name);
  }
}

void requireProcessor() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) throw std::runtime_error("this processor lacks AVX2 or FMA");
#endif
}

std::string libraryVersion() {
  const dnnl_version_t* v = dnnl_version();
  return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
}

void addText(napi_env env, napi_value exports, const char* name, const std::string& text) {
  napi_value value;
  if (napi_create_string_utf8(env, text.c_str(), text.size(), &value) != napi_ok || napi_set_named_property(env, exports, name, value) != napi_ok) {
    throw std::runtime_error(std::string("cannot export ") + name);
  }
}

void deleteEngine(napi_env, void* engine, void*) { delete static_cast<Engine*>(engine); }

}  // namespace

NAPI_MODULE_INIT() {
  guarded(env, "engine_native", [&] {
    requireProcessor();
    auto engine = std::make_unique<Engine>();
    if (napi_set_instance_data(env, engine.get(), deleteEngine, nullptr) != napi_ok) throw std::runtime_error("cannot keep its state");
    engine.release();
    for (const Named& kernel : kernels) add(env, exports, kernel.name, callKernel, &kernel);
    add(env, exports, "setThreads", setThreads, nullptr);
    addText(env, exports, "oneDnnVersion", libraryVersion());
    addText(env, exports, "sources", SOURCES_HASH);
  });
  return exports;
}
