#include "fake_cudnn.h"

#include <vector>

#include "tape/backend.h"

namespace tape::test {
namespace {

using cuda::Cudnn;
using cuda::CudnnPerformance;
using Opaque = Cudnn::Opaque;

constexpr int kBad = 2000;
constexpr size_t kWorkspace = 4096;  // of the algorithm that repeats its sums

enum class Kind { handle, tensor, filter, convolution };
struct Object {
  Kind kind;
  std::vector<int> numbers{};
  int groups = 1, math = -1;
};

int create(Opaque* out, Kind kind) {
  ++fake_cudnn_log().live;
  *out = new Object{kind};
  return Cudnn::kSuccess;
}
Object* as(Opaque object, Kind kind) {
  auto* const found = static_cast<Object*>(object);
  return found && found->kind == kind ? found : nullptr;
}
int destroy(Opaque object, Kind kind) {
  Object* const found = as(object, kind);
  if (!found) return kBad;
  --fake_cudnn_log().live;
  delete found;
  return Cudnn::kSuccess;
}
int set(Opaque object, Kind kind, std::vector<int> numbers) {
  Object* const found = as(object, kind);
  if (!found) return kBad;
  found->numbers = std::move(numbers);
  return Cudnn::kSuccess;
}

/// The convolution that three descriptors and a filter say; false when they do not fit together.
bool read(Opaque x, Opaque w, Opaque c, Opaque y, ConvShape& s, DType& dtype) {
  Object *const in = as(x, Kind::tensor), *const out = as(y, Kind::tensor),
                *const filter = as(w, Kind::filter), *const conv = as(c, Kind::convolution);
  if (!in || !out || !filter || !conv) return false;
  // Images: format, type, n, c, h, w. Filters: type, format, k, c, h, w. Convolutions: pads, strides,
  // dilations, mode, type.
  const auto &i = in->numbers, &o = out->numbers, &f = filter->numbers, &n = conv->numbers;
  if (i[0] != Cudnn::kChannelsLast || o[0] != Cudnn::kChannelsLast || f[1] != Cudnn::kChannelsLast)
    return false;
  if (i[1] != o[1] || i[1] != f[0] || i[2] != o[2] || o[3] != f[2] || i[3] != f[3] * conv->groups)
    return false;
  if (n[6] != Cudnn::kCorrelation || n[7] != Cudnn::kFloat || conv->math < 0) return false;
  dtype = i[1] == Cudnn::kFloat ? DType::float32 : DType::bfloat16;
  s.batch = i[2];
  s.groups = conv->groups;
  s.in_channels = i[3];
  s.out_channels = o[3];
  for (int d = 0; d < 2; ++d) {
    s.in[d] = i[static_cast<size_t>(4 + d)];
    s.out[d] = o[static_cast<size_t>(4 + d)];
    s.kernel[d] = f[static_cast<size_t>(4 + d)];
    s.pad_begin[d] = s.pad_end[d] = n[static_cast<size_t>(d)];
    s.stride[d] = n[static_cast<size_t>(2 + d)];
    s.dilation[d] = n[static_cast<size_t>(4 + d)];
    const int64_t reach = s.dilation[d] * (s.kernel[d] - 1) + 1;
    if ((s.in[d] + 2 * s.pad_begin[d] - reach) / s.stride[d] + 1 != s.out[d]) return false;
  }
  return true;
}

/// Between [out, taps, channels] and [out, channels, taps].
std::vector<char> turned(const ConvShape& s, DType dtype, const void* from, bool to_channels_last) {
  const auto channels = static_cast<size_t>(s.in_channels / s.groups),
             taps = static_cast<size_t>(s.kernel[0] * s.kernel[1]),
             outs = static_cast<size_t>(s.out_channels), width = size_of(dtype);
  std::vector<char> to(outs * channels * taps * width);
  for (size_t o = 0; o < outs; ++o)
    for (size_t c = 0; c < channels; ++c)
      for (size_t t = 0; t < taps; ++t) {
        const size_t plain = (o * channels + c) * taps + t, last = (o * taps + t) * channels + c;
        const char* const source = static_cast<const char*>(from) + (to_channels_last ? plain : last) * width;
        std::copy(source, source + width, to.data() + (to_channels_last ? last : plain) * width);
      }
  return to;
}

/// Two algorithms: a fast one that does not repeat its sums, and one that needs room.
int algorithms(Opaque handle, Opaque x, Opaque w, Opaque c, Opaque y, int wanted, int* found,
               CudnnPerformance* results) {
  ConvShape s{};
  DType dtype{};
  if (!as(handle, Kind::handle) || !read(x, w, c, y, s, dtype) || wanted < 2) return kBad;
  ++fake_cudnn_log().plans;
  *found = 0;
  if (fake_cudnn_log().knows_none) return 3000;
  results[(*found)++] = {0, Cudnn::kSuccess, 1, 0, 0, as(c, Kind::convolution)->math, {}};
  results[(*found)++] = {1, Cudnn::kSuccess, 2, kWorkspace, 1, as(c, Kind::convolution)->math, {}};
  return Cudnn::kSuccess;
}

int may_run(Opaque handle, const void* alpha, const void* beta, Opaque c, int algorithm, void* workspace,
            size_t bytes) {
  if (fake_cudnn_log().refuses) return 3000;
  if (!as(handle, Kind::handle) || *static_cast<const float*>(alpha) != 1 ||
      *static_cast<const float*>(beta) != 0)
    return kBad;
  if (algorithm == 1) {
    if (bytes < kWorkspace) return kBad;
    std::fill_n(static_cast<char*>(workspace), kWorkspace, '\xEE');
    ++fake_cudnn_log().deterministic;
  }
  if (as(c, Kind::convolution)->math == Cudnn::kTensorOp) ++fake_cudnn_log().tensor_cores;
  ++fake_cudnn_log().runs;
  return Cudnn::kSuccess;
}

Cudnn made() {
  Cudnn l{};
  l.cudnnGetVersion = [] { return size_t{92400}; };
  l.cudnnGetErrorString = [](int) { return "refused"; };
  l.cudnnCreate = [](Opaque* out) { return create(out, Kind::handle); };
  l.cudnnDestroy = [](Opaque x) { return destroy(x, Kind::handle); };
  l.cudnnSetStream = [](Opaque x, void*) { return as(x, Kind::handle) ? Cudnn::kSuccess : kBad; };
  l.cudnnCreateTensorDescriptor = [](Opaque* out) { return create(out, Kind::tensor); };
  l.cudnnDestroyTensorDescriptor = [](Opaque x) { return destroy(x, Kind::tensor); };
  l.cudnnSetTensor4dDescriptor = [](Opaque x, int format, int type, int n, int c, int h, int w) {
    return set(x, Kind::tensor, {format, type, n, c, h, w});
  };
  l.cudnnCreateFilterDescriptor = [](Opaque* out) { return create(out, Kind::filter); };
  l.cudnnDestroyFilterDescriptor = [](Opaque x) { return destroy(x, Kind::filter); };
  l.cudnnSetFilter4dDescriptor = [](Opaque x, int type, int format, int k, int c, int h, int w) {
    return set(x, Kind::filter, {type, format, k, c, h, w});
  };
  l.cudnnCreateConvolutionDescriptor = [](Opaque* out) { return create(out, Kind::convolution); };
  l.cudnnDestroyConvolutionDescriptor = [](Opaque x) { return destroy(x, Kind::convolution); };
  l.cudnnSetConvolution2dDescriptor = [](Opaque x, int ph, int pw, int sh, int sw, int dh, int dw, int mode,
                                         int type) {
    return set(x, Kind::convolution, {ph, pw, sh, sw, dh, dw, mode, type});
  };
  l.cudnnSetConvolutionGroupCount = [](Opaque x, int groups) {
    as(x, Kind::convolution)->groups = groups;
    return Cudnn::kSuccess;
  };
  l.cudnnSetConvolutionMathType = [](Opaque x, int math) {
    as(x, Kind::convolution)->math = math;
    return Cudnn::kSuccess;
  };
  l.cudnnGetConvolutionForwardAlgorithm_v7 = [](Opaque handle, Opaque x, Opaque w, Opaque c, Opaque y,
                                                int wanted, int* found, CudnnPerformance* results) {
    return algorithms(handle, x, w, c, y, wanted, found, results);
  };
  l.cudnnGetConvolutionBackwardDataAlgorithm_v7 = [](Opaque handle, Opaque w, Opaque dy, Opaque c, Opaque dx,
                                                     int wanted, int* found, CudnnPerformance* results) {
    return algorithms(handle, dx, w, c, dy, wanted, found, results);
  };
  l.cudnnGetConvolutionBackwardFilterAlgorithm_v7 =
      [](Opaque handle, Opaque x, Opaque dy, Opaque c, Opaque dw, int wanted, int* found,
         CudnnPerformance* results) { return algorithms(handle, x, dw, c, dy, wanted, found, results); };
  l.cudnnConvolutionForward = [](Opaque handle, const void* alpha, Opaque x, const void* x_data, Opaque w,
                                 const void* w_data, Opaque c, int algorithm, void* workspace, size_t bytes,
                                 const void* beta, Opaque y, void* y_data) {
    ConvShape s{};
    DType dtype{};
    if (!read(x, w, c, y, s, dtype)) return kBad;
    if (const int bad = may_run(handle, alpha, beta, c, algorithm, workspace, bytes)) return bad;
    kernels().conv.forward(dtype, s, y_data, x_data, turned(s, dtype, w_data, false).data(), nullptr, false);
    return Cudnn::kSuccess;
  };
  l.cudnnConvolutionBackwardData =
      [](Opaque handle, const void* alpha, Opaque w, const void* w_data, Opaque dy, const void* dy_data,
         Opaque c, int algorithm, void* workspace, size_t bytes, const void* beta, Opaque dx, void* dx_data) {
        ConvShape s{};
        DType dtype{};
        if (!read(dx, w, c, dy, s, dtype)) return kBad;
        if (const int bad = may_run(handle, alpha, beta, c, algorithm, workspace, bytes)) return bad;
        kernels().conv.input_gradient(dtype, s, dx_data, dy_data, turned(s, dtype, w_data, false).data());
        return Cudnn::kSuccess;
      };
  l.cudnnConvolutionBackwardFilter =
      [](Opaque handle, const void* alpha, Opaque x, const void* x_data, Opaque dy, const void* dy_data,
         Opaque c, int algorithm, void* workspace, size_t bytes, const void* beta, Opaque dw, void* dw_data) {
        ConvShape s{};
        DType dtype{};
        if (!read(x, dw, c, dy, s, dtype)) return kBad;
        if (const int bad = may_run(handle, alpha, beta, c, algorithm, workspace, bytes)) return bad;
        const auto count =
            static_cast<size_t>(s.out_channels * (s.in_channels / s.groups) * s.kernel[0] * s.kernel[1]);
        std::vector<char> plain(count * size_of(dtype));
        kernels().conv.weight_gradient(dtype, s, plain.data(), nullptr, x_data, dy_data);
        const std::vector<char> last = turned(s, dtype, plain.data(), true);
        std::copy(last.begin(), last.end(), static_cast<char*>(dw_data));
        return Cudnn::kSuccess;
      };
  return l;
}

}  // namespace

FakeCudnnLog& fake_cudnn_log() {
  static FakeCudnnLog log;
  return log;
}

const Cudnn& fake_cudnn() {
  static const Cudnn library = made();
  return library;
}

}  // namespace tape::test
