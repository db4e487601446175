{
  "variables": { "sources_hash%": "unknown", "dnnl_cflags%": "", "dnnl_libraries%": "-ldnnl" },
  "targets": [{
    "target_name": "engine_native",
    "sources": [
      "native/addon.cc", "native/call.cc", "native/convolution.cc", "native/convolution-cache.cc", "native/elementwise.cc", "native/filter-gradient.cc",
      "native/matmul.cc", "native/movement.cc", "native/norm.cc", "native/norm-gradient.cc", "native/pool.cc", "native/products.cc", "native/reduction.cc", "native/winograd.cc"
    ],
    "defines": ["NAPI_VERSION=8", "SOURCES_HASH=\"<(sources_hash)\""],
    "cflags_cc": ["-std=c++17", "-O3", "-fopenmp", "-ffp-contract=fast", "-fno-math-errno", "-fvisibility=hidden", "-Wall", "-Wextra", "<@(dnnl_cflags)"],
    "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
    "ldflags": ["-fopenmp"],
    "libraries": ["<@(dnnl_libraries)"],
    "conditions": [["target_arch=='x64'", { "cflags_cc": ["-march=x86-64-v3"] }]]
  }]
}
