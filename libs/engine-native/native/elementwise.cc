#include <algorithm>
#include <cmath>

#include "engine.h"
#include "kernels.h"
#include "vector.h"

namespace {

/** Numbers a piece: enough to be worth handing over, few enough to be shared evenly. */
constexpr std::int64_t kGrain = 32768;

struct Add { template <typename T> static T of(T a, T b) { return a + b; } };
struct Sub { template <typename T> static T of(T a, T b) { return a - b; } };
struct Multiply { template <typename T> static T of(T a, T b) { return a * b; } };
struct Divide { template <typename T> static T of(T a, T b) { return a / b; } };
struct SquaredDifference { template <typename T> static T of(T a, T b) { return (a - b) * (a - b); } };
// NaN wins, as in JavaScript's Math.max and Math.min.
struct Maximum { template <typename T> static T of(T a, T b) { return a > b || a != a ? a : b; } static Floats of(Floats a, Floats b) { return ((a > b) | (a != a)) ? a : b; } };
struct Minimum { template <typename T> static T of(T a, T b) { return a < b || a != a ? a : b; } static Floats of(Floats a, Floats b) { return ((a < b) | (a != a)) ? a : b; } };

/** One row of a broadcast; a step is 1, or 0 for one number all along. */
template <typename Op>
void row(const float* a, std::int64_t stepA, const float* b, std::int64_t stepB, float* y, std::int64_t count) {
  std::int64_t i = 0;
  const auto vectors = [&](auto left, auto right) {
    for (; i + kLanes <= count; i += kLanes) store(y + i, Op::of(left(i), right(i)));
  };
  const auto from = [](const float* x) { return [x](std::int64_t at) { return load(x + at); }; };
  const auto same = [](Floats x) { return [x](std::int64_t) { return x; }; };
  if (stepA && stepB) vectors(from(a), from(b));
  else if (stepA) vectors(from(a), same(splat(*b)));
  else if (stepB) vectors(same(splat(*a)), from(b));
  for (; i < count; i++) y[i] = Op::of(a[i * stepA], b[i * stepB]);
}

std::out_of_range unknown(std::int64_t op) { return std::out_of_range("operation " + std::to_string(op) + " is unknown"); }

using Row = void (*)(const float*, std::int64_t, const float*, std::int64_t, float*, std::int64_t);

Row rowOf(std::int64_t op) {
  switch (static_cast<BinaryOp>(op)) {
    case BinaryOp::Add: return row<Add>;
    case BinaryOp::Sub: return row<Sub>;
    case BinaryOp::Multiply: return row<Multiply>;
    case BinaryOp::RealDiv: return row<Divide>;
    case BinaryOp::SquaredDifference: return row<SquaredDifference>;
    case BinaryOp::Maximum: return row<Maximum>;
    case BinaryOp::Minimum: return row<Minimum>;
  }
  throw unknown(op);
}

struct Sigmoid { static Floats of(Floats x) { return sigmoid(x); } };
struct Square { static Floats of(Floats x) { return x * x; } };
struct Root { static Floats of(Floats x) { for (int i = 0; i < kLanes; i++) x[i] = std::sqrt(x[i]); return x; } };
struct InverseRoot { static Floats of(Floats x) { return 1.0f / Root::of(x); } };
struct Negative { static Floats of(Floats x) { return -x; } };
struct Relu { static Floats of(Floats x) { return x < 0.0f ? splat(0.0f) : x; } };
struct Exponential { static Floats of(Floats x) { return exponential(x); } };
struct Absolute { static Floats of(Floats x) { return (Floats)((Words)x & 0x7fffffff); } };
struct Step { static Floats of(Floats x) { return x != x ? x : (x > 0.0f ? splat(1.0f) : splat(0.0f)); } };

template <typename Op>
void map(const float* x, float* y, std::int64_t count) {
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(y + i, Op::of(load(x + i)));
  if (i == count) return;
  Floats last = splat(1.0f);
  std::memcpy(&last, x + i, static_cast<std::size_t>(count - i) * sizeof(float));
  last = Op::of(last);
  std::memcpy(y + i, &last, static_cast<std::size_t>(count - i) * sizeof(float));
}

using Map = void (*)(const float*, float*, std::int64_t);

Map mapOf(std::int64_t op) {
  switch (static_cast<UnaryOp>(op)) {
    case UnaryOp::Sigmoid: return map<Sigmoid>;
    case UnaryOp::Square: return map<Square>;
    case UnaryOp::Sqrt: return map<Root>;
    case UnaryOp::Rsqrt: return map<InverseRoot>;
    case UnaryOp::Neg: return map<Negative>;
    case UnaryOp::Relu: return map<Relu>;
    case UnaryOp::Exp: return map<Exponential>;
    case UnaryOp::Abs: return map<Absolute>;
    case UnaryOp::Step: return map<Step>;
  }
  throw unknown(op);
}

/** Numbers from the first to past the last of a tensor read with these sizes and steps. */
std::int64_t extent(const std::int32_t* sizes, const std::int32_t* steps) {
  std::int64_t last = 0;
  for (int axis = 0; axis < 4; axis++) {
    if (sizes[axis] == 0) return 0;
    last += static_cast<std::int64_t>(sizes[axis] - 1) * steps[axis];
  }
  return last + 1;
}

}  // namespace

/** op (a `BinaryOp`), a, b, y, plan (a `BroadcastPlan` of int32). */
void binary(Call& call) {
  const Row op = rowOf(call.integer());
  const std::int64_t a = call.integer(), b = call.integer(), y = call.integer();
  const std::int32_t* plan = call.at<std::int32_t>(call.integer(), static_cast<std::int64_t>(BroadcastPlan::b3) + 1);
  const std::int32_t *shape = plan + static_cast<int>(BroadcastPlan::size0), *steps = plan + static_cast<int>(BroadcastPlan::a0),
                     *stepsB = plan + static_cast<int>(BroadcastPlan::b0);
  const float *fromA = call.at(a, extent(shape, steps)), *fromB = call.at(b, extent(shape, stepsB));
  const std::int64_t middle = shape[2], length = shape[3], count = static_cast<std::int64_t>(shape[0]) * shape[1] * middle;
  float* to = call.at(y, count * length);
  Pool& pool = *call.engine().pool;
  if (count == 1) {
    return inPieces(pool, length, kGrain, [&](std::int64_t first, std::int64_t last) {
      op(fromA + first * steps[3], steps[3], fromB + first * stepsB[3], stepsB[3], to + first, last - first);
    });
  }
  inPieces(pool, count, kGrain / std::max<std::int64_t>(length, 1), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; i++) {
      const std::int64_t outer = i / middle / shape[1], inner = i / middle % shape[1], k = i % middle;
      const float* left = fromA + outer * steps[0] + inner * steps[1] + k * steps[2];
      const float* right = fromB + outer * stepsB[0] + inner * stepsB[1] + k * stepsB[2];
      op(left, steps[3], right, stepsB[3], to + i * length, length);
    }
  });
}

/** op (a `UnaryOp`), x, y; items are numbers. */
void unary(Call& call) {
  const Map op = mapOf(call.integer());
  const std::int64_t x = call.integer(), y = call.integer(), count = call.integer();
  const float* from = call.at(x, count);
  float* to = call.at(y, count);
  inPieces(*call.engine().pool, count, kGrain, [&](std::int64_t first, std::int64_t last) { op(from + first, to + first, last - first); });
}
