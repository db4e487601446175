#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

/**
 * Threads that take the pieces of a task one after another. Whoever is free takes the next piece, and nobody waits for a thread
 * that has not started: a core that another process holds costs its share and no more. Idle threads sleep.
 * The pieces must not depend on the number of threads, so that results do not either.
 */
class Pool {
 public:
  /** `thread` is below `threads()`: two pieces with the same one never run at the same time. */
  using Task = std::function<void(std::int64_t piece, int thread)>;

  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /** Runs every piece, the caller taking its share; rethrows the first exception of any of them. */
  void run(std::int64_t pieces, const Task& task);

 private:
  void serve(int thread);
  void work(const Task& task, int thread);
  void fail();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const Task* task_ = nullptr;
  std::uint64_t generation_ = 0;
  int busy_ = 0;
  bool stopping_ = false;
  std::exception_ptr failure_;
  std::int64_t pieces_ = 0;
  std::atomic<std::int64_t> next_{0};
  std::vector<std::thread> workers_;
};

/** Runs `use(first, last)` over pieces of [0, count) of `grain` items each. */
template <typename Use>
void inPieces(Pool& pool, std::int64_t count, std::int64_t grain, const Use& use) {
  if (grain < 1) grain = 1;
  pool.run((count + grain - 1) / grain, [&](std::int64_t piece, int) {
    const std::int64_t first = piece * grain;
    use(first, first + grain < count ? first + grain : count);
  });
}
