#pragma once

#include <dnnl.hpp>

#include <memory>
#include <vector>

#include "buffer.h"
#include "convolution-cache.h"
#include "pool.h"

/** What one thread needs of its own to run oneDNN. */
struct Lane {
  dnnl::stream stream;
  Buffer scratch;
};

/** All state of the addon in one JavaScript thread. */
struct Engine {
  Engine() { setThreads(1); }

  void setThreads(int threads) {
    if (pool && pool->threads() == threads) return;
    pool.reset();
    lanes.clear();
    for (int i = 0; i < threads; i++) lanes.push_back({dnnl::stream(device), {}});
    pool = std::make_unique<Pool>(threads);
  }

  dnnl::engine device{dnnl::engine::kind::cpu, 0};
  std::vector<Lane> lanes;
  ConvolutionCache convolutions;
  /** Filters in oneDNN's order, and partial sums of reductions: of one kernel at a time. */
  Buffer filter;
  Buffer partial;
  std::unique_ptr<Pool> pool;
};
