// Optimizer updates: one launch for all parameters, each element read and written once.
#include <vector>

#include "../numbers.h"
#include "../table.h"

namespace tape::cuda {
namespace {

constexpr int64_t kPiece = 2048;

/// A list of items cut into pieces of equal length, on the device: piece p belongs to the last item whose
/// first piece is not behind it.
template <class Item>
struct Cut {
  const Item* items;
  const int64_t* first;  // piece of each item
  int64_t count, pieces;

  TAPE_BOTH int64_t item_of(int64_t piece) const {
    int64_t low = 0, high = count - 1;
    while (low < high) {
      const int64_t middle = (low + high + 1) / 2;
      if (first[middle] <= piece)
        low = middle;
      else
        high = middle - 1;
    }
    return low;
  }
  /// Elements [begin, end) of the item.
  TAPE_BOTH int64_t begin(int64_t piece, int64_t item) const { return (piece - first[item]) * kPiece; }
  TAPE_BOTH int64_t end(int64_t begin, int64_t item) const {
    return begin + kPiece < items[item].count ? begin + kPiece : items[item].count;
  }
};

/// Room for a cut and what else a call needs of the device's memory, taken at once.
struct Room {
  char* at;
  explicit Room(size_t bytes) : at(static_cast<char*>(scratch(bytes))) {}
  template <class T>
  T* take(int64_t count) {
    T* const taken = reinterpret_cast<T*>(at);
    at += (static_cast<size_t>(count) * sizeof(T) + 15) / 16 * 16;
    return taken;
  }
  template <class T>
  const T* send(const T* from, int64_t count) {
    T* const taken = take<T>(count);
    upload(taken, from, static_cast<size_t>(count) * sizeof(T));
    return taken;
  }
};

/// The pieces of items; empty items have none and are left out of `kept`.
template <class Item>
struct Plan {
  std::vector<Item> kept;
  std::vector<int64_t> first, place;  // place: of the item in the list given
  int64_t pieces = 0;
  Plan(const Item* items, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      if (items[i].count == 0) continue;
      kept.push_back(items[i]);
      first.push_back(pieces);
      place.push_back(i);
      pieces += (items[i].count + kPiece - 1) / kPiece;
    }
  }
  int64_t count() const { return static_cast<int64_t>(kept.size()); }
  size_t bytes() const { return kept.size() * (sizeof(Item) + sizeof(int64_t)) + 64; }
  Cut<Item> send(Room& room) const {
    return {room.send(kept.data(), count()), room.send(first.data(), count()), count(), pieces};
  }
};

/// One element's update; its states are brought up to date.
template <class T>
struct Update {
  OptimizerKind kind;
  bool nesterov;
  T factor, limit, decay, keep, rate, momentum, blend, beta1, rest1, beta2, rest2, eps, root_scale;

  TAPE_BOTH explicit Update(const UpdateRule& r)
      : kind(r.kind),
        nesterov(r.nesterov),
        factor(static_cast<T>(r.factor)),
        limit(static_cast<T>(r.limit)),
        decay(static_cast<T>(r.decay)),
        keep(static_cast<T>(r.keep)),
        rate(static_cast<T>(r.rate)),
        momentum(static_cast<T>(r.momentum)),
        blend(static_cast<T>(r.blend)),
        beta1(static_cast<T>(r.beta1)),
        rest1(static_cast<T>(1 - r.beta1)),
        beta2(static_cast<T>(r.beta2)),
        rest2(static_cast<T>(1 - r.beta2)),
        eps(static_cast<T>(r.eps)),
        root_scale(static_cast<T>(r.root_scale)) {}

  TAPE_BOTH T operator()(T w, T g, T* a, T* b, T* c, int64_t i) const {
    T d = g * factor;
    d = d < -limit ? -limit : d;  // a NaN passes
    d = d > limit ? limit : d;
    d += decay * w;
    switch (kind) {
      case OptimizerKind::sgd: {
        if (!a) return w - rate * d;
        const T velocity = momentum * a[i] + blend * d;
        a[i] = velocity;
        return w - rate * (nesterov ? d + momentum * velocity : velocity);
      }
      case OptimizerKind::adam:
      case OptimizerKind::adamw: {
        const T first = beta1 * a[i] + rest1 * d, second = beta2 * b[i] + rest2 * d * d;
        a[i] = first;
        b[i] = second;
        T root = second;
        if (c) c[i] = root = c[i] > second ? c[i] : second;
        return keep * w - rate * first / (sqrt_of(root) * root_scale + eps);
      }
      case OptimizerKind::rmsprop: {
        T square = beta2 * a[i] + rest2 * d * d;
        a[i] = square;
        if (b) {
          const T mean = b[i] + rest2 * (d - b[i]);
          b[i] = mean;
          square -= mean * mean;
          square = square < T(0) ? T(0) : square;  // rounding
        }
        const T scaled = d / (sqrt_of(square) + eps);
        if (!c) return w - rate * scaled;
        const T velocity = momentum * c[i] + scaled;
        c[i] = velocity;
        return w - rate * velocity;
      }
      case OptimizerKind::adagrad: {
        const T square = a[i] + d * d;
        a[i] = square;
        return w - rate * d / (sqrt_of(square) + eps);
      }
      default: {
        const T mixed = beta1 * a[i] + rest1 * d;
        a[i] = beta2 * a[i] + rest2 * d;
        const T sign = mixed > T(0) ? T(1) : mixed < T(0) ? T(-1) : mixed;  // 0 stays 0, NaN stays NaN
        return keep * w - rate * sign;
      }
    }
  }
};

struct Sums {
  double weights, gradients, updates;
};
struct PlusSums {
  TAPE_BOTH Sums operator()(Sums a, Sums b) const {
    return {a.weights + b.weights, a.gradients + b.gradients, a.updates + b.updates};
  }
};

template <class T, class Team>
TAPE_KERNEL Sums update_piece(const OptimizerSegment& s, const UpdateRule& rule, int64_t begin, int64_t end,
                              const Team& team) {
  const Update<T> next(rule);
  T* const p = static_cast<T*>(s.parameter);
  const T* const g = static_cast<const T*>(s.gradient);
  T *const a = static_cast<T*>(s.state[0]), *const b = static_cast<T*>(s.state[1]),
           *const c = static_cast<T*>(s.state[2]);
  return team.fold(
      Sums{0, 0, 0}, end - begin,
      [&](int64_t k) {
        const int64_t i = begin + k;
        const T old = p[i], arrived = g[i], after = next(old, arrived, a, b, c, i);
        p[i] = after;
        const double w = static_cast<double>(old), d = static_cast<double>(arrived);
        const double u = static_cast<double>(after - old);
        return Sums{w * w, d * d, u * u};
      },
      PlusSums{});
}

void update(const OptimizerSegment* segments, int64_t count, const UpdateRule* rules, double* sums) {
  const Plan<OptimizerSegment> plan(segments, count);
  Room room(plan.bytes() + static_cast<size_t>(plan.pieces) * sizeof(Sums) + 64);
  const Cut<OptimizerSegment> cut = plan.send(room);
  Sums* const parts = room.take<Sums>(plan.pieces);
  for_rows(cut.pieces, kPiece, [=] TAPE_KERNEL(int64_t piece, auto team) {
    const int64_t item = cut.item_of(piece), begin = cut.begin(piece, item), end = cut.end(begin, item);
    const OptimizerSegment& s = cut.items[item];
    const UpdateRule& rule = rules[s.rule];
    if (rule.idle) return;
    const Sums made = s.dtype == DType::float64 ? update_piece<double>(s, rule, begin, end, team)
                                                : update_piece<float>(s, rule, begin, end, team);
    if (team.leads()) parts[piece] = made;
  });
  if (!sums) return;
  std::vector<Sums> made(static_cast<size_t>(plan.pieces));
  download(made.data(), parts, made.size() * sizeof(Sums));
  for (int64_t k = 0; k < 3 * count; ++k) sums[k] = 0;
  for (size_t i = 0; i < plan.kept.size(); ++i) {
    const auto last = static_cast<size_t>(i + 1 < plan.kept.size() ? plan.first[i + 1] : plan.pieces);
    double* const to = sums + 3 * plan.place[i];
    for (auto p = static_cast<size_t>(plan.first[i]); p < last; ++p) {
      to[0] += made[p].weights;
      to[1] += made[p].gradients;
      to[2] += made[p].updates;
    }
  }
}

struct Square {
  TAPE_BOTH double operator()(double x) const { return x * x; }
};
struct Magnitude {
  TAPE_BOTH double operator()(double x) const { return x < 0 ? -x : x; }
};

/// parts[p] = fold of f over the elements of piece p.
template <class F, class Combine>
void fold_pieces(const Cut<OptimizerSpan>& cut, double* parts, F f, Combine combine) {
  for_rows(cut.pieces, kPiece, [=] TAPE_KERNEL(int64_t piece, auto team) {
    const int64_t item = cut.item_of(piece), begin = cut.begin(piece, item), end = cut.end(begin, item);
    const OptimizerSpan& s = cut.items[item];
    const double made = team.fold(
        0.0, end - begin, [&](int64_t k) { return f(load<double>(s.a, s.dtype, begin + k)); }, combine);
    if (team.leads()) parts[piece] = made;
  });
}

/// results[s] = fold of f over the elements of span s.
template <class F, class Combine>
void fold_spans(const OptimizerSpan* spans, int64_t count, double* results, F f, Combine combine) {
  const Plan<OptimizerSpan> plan(spans, count);
  Room room(plan.bytes() + static_cast<size_t>(plan.pieces) * sizeof(double) + 64);
  double* const parts = room.take<double>(plan.pieces);
  fold_pieces(plan.send(room), parts, f, combine);
  std::vector<double> made(static_cast<size_t>(plan.pieces));
  download(made.data(), parts, made.size() * sizeof(double));
  for (int64_t i = 0; i < count; ++i) results[i] = 0;
  for (size_t i = 0; i < plan.kept.size(); ++i) {
    const auto last = static_cast<size_t>(i + 1 < plan.kept.size() ? plan.first[i + 1] : plan.pieces);
    double& result = results[plan.place[i]];
    for (auto p = static_cast<size_t>(plan.first[i]); p < last; ++p) result = combine(result, made[p]);
  }
}

void squares(const OptimizerSpan* spans, int64_t count, double* sums) {
  fold_spans(spans, count, sums, Square{}, Plus{});
}

/// What the norm makes of the rules; PyTorch's clip_grad_norm_: a norm that is NaN reaches every weight.
TAPE_BOTH inline void work_in(double sum, const ClipRule& clip, UpdateRule* rules, int64_t rule_count,
                              ClipOutcome& outcome) {
  const double norm = clip.scale * sqrt_of(sum), most = clip.max_norm / (norm + 1e-6);
  const bool finite = norm - norm == 0;
  const bool idle = clip.skip_non_finite && (outcome.skipped > 0 || !finite);
  const bool clipped = clip.max_norm < std::numeric_limits<double>::infinity() && !(most >= 1);
  for (int64_t r = 0; r < rule_count; ++r) {
    rules[r].factor *= clipped ? clip.scale * most : clip.scale;
    rules[r].idle = idle;
  }
  outcome.norm = norm;
  if (idle) ++outcome.skipped;
}

void clip(const OptimizerSpan* spans, int64_t count, OptimizerSpan witness, const ClipRule* clip,
          UpdateRule* rules, int64_t rule_count, ClipOutcome* outcome) {
  const Plan<OptimizerSpan> plan(spans, count);
  Room room(plan.bytes() + static_cast<size_t>(plan.pieces) * sizeof(double) + 64);
  double* const parts = room.take<double>(plan.pieces);
  fold_pieces(plan.send(room), parts, Square{}, Plus{});
  const int64_t pieces = plan.pieces;
  for_rows(1, pieces, [=] TAPE_KERNEL(int64_t, auto team) {
    double sum = team.fold(
        0.0, pieces, [&](int64_t p) { return parts[p]; }, Plus{});
    if (!team.leads()) return;
    if (witness.a) sum += 0 * load<double>(witness.a, witness.dtype, 0);  // a NaN where it is not finite
    work_in(sum, *clip, rules, rule_count, *outcome);
  });
}

void greatest(const OptimizerSpan* spans, int64_t count, double* magnitudes) {
  fold_spans(spans, count, magnitudes, Magnitude{}, Greater{});
}

struct ScaleSpan {
  double factor, limit;
  template <class T>
  TAPE_BOTH void operator()(T* a, T*, int64_t i) const {
    const T most = static_cast<T>(limit);
    T x = a[i] * static_cast<T>(factor);
    x = x < -most ? -most : x;
    a[i] = x > most ? most : x;
  }
};
struct BlendSpan {
  double weight;
  template <class T>
  TAPE_BOTH void operator()(T* a, T* b, int64_t i) const {
    a[i] += static_cast<T>(weight) * (b[i] - a[i]);
  }
};
struct SwapSpan {
  template <class T>
  TAPE_BOTH void operator()(T* a, T* b, int64_t i) const {
    const T kept = a[i];
    a[i] = b[i];
    b[i] = kept;
  }
};

template <class F>
void change_spans(const OptimizerSpan* spans, int64_t count, F f) {
  const Plan<OptimizerSpan> plan(spans, count);
  Room room(plan.bytes());
  const Cut<OptimizerSpan> cut = plan.send(room);
  for_rows(cut.pieces, kPiece, [=] TAPE_KERNEL(int64_t piece, auto team) {
    const int64_t item = cut.item_of(piece), begin = cut.begin(piece, item), end = cut.end(begin, item);
    const OptimizerSpan& s = cut.items[item];
    team.each(end - begin, [&](int64_t k) {
      if (s.dtype == DType::float64)
        f(static_cast<double*>(s.a), static_cast<double*>(s.b), begin + k);
      else
        f(static_cast<float*>(s.a), static_cast<float*>(s.b), begin + k);
    });
  });
}

void scale(const OptimizerSpan* spans, int64_t count, double factor, double limit) {
  change_spans(spans, count, ScaleSpan{factor, limit});
}
void blend(const OptimizerSpan* spans, int64_t count, double weight) {
  change_spans(spans, count, BlendSpan{weight});
}
void swap(const OptimizerSpan* spans, int64_t count) { change_spans(spans, count, SwapSpan{}); }

}  // namespace

OptimKernels optim_table() { return {update, squares, greatest, scale, blend, swap, clip}; }

}  // namespace tape::cuda
