#include "pool.h"

#include <dnnl.hpp>

#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
#include <omp.h>
#endif

namespace {

/** oneDNN computes with one thread wherever we call it: the pool is what runs side by side. */
void keepLibrarySerial() {
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
  omp_set_num_threads(1);
#endif
}

}  // namespace

Pool::Pool(int threads) {
  keepLibrarySerial();
  for (int thread = 1; thread < threads; thread++) workers_.emplace_back([this, thread] { serve(thread); });
}

Pool::~Pool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Pool::run(std::int64_t pieces, const Task& task) {
  if (pieces <= 1 || workers_.empty()) {
    for (std::int64_t piece = 0; piece < pieces; piece++) task(piece, 0);
    return;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    task_ = &task;
    pieces_ = pieces;
    next_ = 0;
    failure_ = nullptr;
    generation_++;
  }
  wake_.notify_all();
  work(task, 0);
  std::unique_lock<std::mutex> lock(mutex_);
  task_ = nullptr;
  done_.wait(lock, [this] { return busy_ == 0; });
  if (failure_) std::rethrow_exception(failure_);
}

void Pool::serve(int thread) {
  keepLibrarySerial();
  std::uint64_t seen = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || (task_ && generation_ != seen); });
    if (stopping_) return;
    seen = generation_;
    const Task& task = *task_;
    busy_++;
    lock.unlock();
    work(task, thread);
    lock.lock();
    if (--busy_ == 0) done_.notify_one();
  }
}

void Pool::work(const Task& task, int thread) {
  for (std::int64_t piece; (piece = next_.fetch_add(1)) < pieces_;) {
    try {
      task(piece, thread);
    } catch (...) {
      fail();
    }
  }
}

void Pool::fail() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!failure_) failure_ = std::current_exception();
  next_ = pieces_;
}
