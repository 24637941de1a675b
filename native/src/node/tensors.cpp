// Entry points that make tensors, look at them, and take them away.
#include <cstring>

#include "call.h"
#include "tape/autograd.h"
#include "tape/device.h"
#include "tape/info.h"
#include "tape/ops.h"
#include "tape/random.h"

namespace tape::node {
namespace {

struct TypedArray {
  napi_typedarray_type type;
  size_t length;
  void* data;
  napi_value buffer;
  size_t offset;
};

TypedArray typed_array(Environment& environment, const char* where, napi_value value) {
  bool is_typed = false;
  napi_is_typedarray(environment.env, value, &is_typed);
  if (!is_typed) fail(ErrorCode::value, where, "expected a typed array");
  TypedArray array;
  napi_get_typedarray_info(environment.env, value, &array.type, &array.length, &array.data, &array.buffer,
                           &array.offset);
  return array;
}

/// Copies elements of any typed array into contiguous memory of another dtype.
template <class To>
void convert(To* to, const TypedArray& from) {
  const auto copy = [&](const auto* data) {
    for (size_t i = 0; i < from.length; ++i) to[i] = static_cast<To>(data[i]);
  };
  switch (from.type) {
    case napi_int8_array:
      return copy(static_cast<const int8_t*>(from.data));
    case napi_uint8_array:
    case napi_uint8_clamped_array:
      return copy(static_cast<const uint8_t*>(from.data));
    case napi_int16_array:
      return copy(static_cast<const int16_t*>(from.data));
    case napi_uint16_array:
      return copy(static_cast<const uint16_t*>(from.data));
    case napi_int32_array:
      return copy(static_cast<const int32_t*>(from.data));
    case napi_uint32_array:
      return copy(static_cast<const uint32_t*>(from.data));
    case napi_float32_array:
      return copy(static_cast<const float*>(from.data));
    case napi_float64_array:
      return copy(static_cast<const double*>(from.data));
    case napi_bigint64_array:
    case napi_biguint64_array:
      return copy(static_cast<const int64_t*>(from.data));
    default:
      fail(ErrorCode::dtype, "tensor", "this kind of typed array is not supported");
  }
}

Tensor from_typed_array(Environment& environment, napi_value value, const Dims& shape, DType dtype) {
  const TypedArray array = typed_array(environment, "tensor", value);
  for (int64_t size : shape)
    if (size < 0) fail(ErrorCode::shape, "tensor", "size ", size, " is negative");
  if (static_cast<int64_t>(array.length) != numel_of(shape))
    fail(ErrorCode::shape, "tensor", "got ", array.length, " values for shape ", to_string(shape),
         ", which needs ", numel_of(shape));
  Tensor out = empty(shape, dtype);
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    convert(out.data_as<T>(), array);
  });
  return out;
}

Tensor checked_full(const Dims& shape, double value, DType dtype) {
  for (int64_t size : shape)
    if (size < 0) fail(ErrorCode::shape, "full", "size ", size, " is negative");
  return full(shape, value, dtype);
}

Tensor randint_op(int64_t low, int64_t high, const Dims& shape, DType dtype) {
  for (int64_t size : shape)
    if (size < 0) fail(ErrorCode::shape, "randint", "size ", size, " is negative");
  return randint(low, high, shape, dtype);
}

Tensor from_file_op(const std::string& path, const Dims& shape, DType dtype, int64_t offset) {
  return from_file(path, shape, dtype, offset);
}

napi_value shape_op(Environment& environment, const Tensor& x) { return write(environment, x.shape()); }
napi_value strides_op(Environment& environment, const Tensor& x) { return write(environment, x.strides()); }
int32_t dtype_op(const Tensor& x) { return static_cast<int32_t>(x.dtype()); }
int64_t numel_op(const Tensor& x) { return x.numel(); }
int32_t version_op(const Tensor& x) { return static_cast<int32_t>(x.version()); }
bool is_contiguous_op(const Tensor& x) { return x.is_contiguous(); }

double item(const Tensor& x) {
  if (x.numel() != 1)
    fail(ErrorCode::shape, "item", "needs one element, got ", x.numel(), " (", to_string(x.shape()), ")");
  return visit_dtype(x.dtype(), [here = to(detach(x), Device::cpu)](auto tag) {
    return static_cast<double>(*here.data_as<typename decltype(tag)::type>());
  });
}

/// As JavaScript can hold it: 16-bit floats cross as float32.
Tensor crossing(const Tensor& x) { return to(contiguous(to(x, compute_dtype(x.dtype()))), Device::cpu); }

/// Copies elements in logical order into a typed array of the tensor's own element type.
napi_value to_typed_array(Environment& environment, const Tensor& x) {
  GradMode mode(false);
  const Tensor plain = crossing(x);
  void* data;
  napi_value buffer, array;
  if (napi_create_arraybuffer(environment.env, plain.bytes(), &data, &buffer) != napi_ok)
    throw PendingException{};
  if (plain.bytes() > 0) std::memcpy(data, plain.data(), plain.bytes());
  constexpr napi_typedarray_type types[] = {napi_float32_array, napi_float64_array, napi_bigint64_array,
                                            napi_uint8_array,   napi_uint8_array,   napi_float32_array,
                                            napi_float32_array, napi_int32_array};
  napi_create_typedarray(environment.env, types[static_cast<int>(x.dtype())],
                         static_cast<size_t>(plain.numel()), buffer, 0, &array);
  return array;
}

/// As to_typed_array, into an array the caller reuses.
void read_into(Environment& environment, const Tensor& x, napi_value target) {
  GradMode mode(false);
  const TypedArray array = typed_array(environment, "readInto", target);
  constexpr size_t widths[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
  const size_t width = array.type < 11 ? widths[array.type] : 0;
  const size_t expected = size_of(compute_dtype(x.dtype()));
  if (array.length != static_cast<size_t>(x.numel()) || width != expected)
    fail(ErrorCode::shape, "readInto", "the array holds ", array.length, " elements of ", width,
         " bytes, the tensor ", x.numel(), " of ", expected);
  const Tensor plain = crossing(x);
  if (plain.bytes() > 0) std::memcpy(array.data, plain.data(), plain.bytes());
}

void dispose(Environment& environment, int32_t handle) {
  environment.dispose(handle);
  environment.report_memory();
}
void dispose_many(Environment& environment, napi_value array) {
  const Call call{environment, "dispose"};
  environment.dispose(read_handles(call, array, 0));
  environment.report_memory();
}
/// A second handle to the same tensor.
Tensor duplicate(const Tensor& x) { return x; }
bool is_alive(Environment& environment, int32_t handle) { return environment.alive(handle); }

int64_t live_tensors(Environment& environment) { return environment.live(); }

napi_value memory_stats_op(Environment& environment) {
  const MemoryStats& stats = memory_stats();
  napi_value object;
  napi_create_object(environment.env, &object);
  const std::pair<const char*, int64_t> fields[] = {{"activeBytes", stats.active},
                                                    {"peakBytes", stats.peak},
                                                    {"cachedBytes", stats.cached},
                                                    {"liveTensors", stats.live_tensors},
                                                    {"liveStorages", stats.live_storages},
                                                    {"liveNodes", stats.live_nodes},
                                                    {"allocations", stats.allocations},
                                                    {"systemAllocations", stats.system_allocations},
                                                    {"limitBytes", stats.limit}};
  for (const auto& [name, value] : fields)
    napi_set_named_property(environment.env, object, name, write(environment, value));
  return object;
}

napi_value engine_info_op(Environment& environment) {
  const EngineInfo info = engine_info();
  napi_value object;
  napi_create_object(environment.env, &object);
  const std::pair<const char*, std::string> fields[] = {{"version", info.version},
                                                        {"build", info.build},
                                                        {"instructionSet", info.instruction_set},
                                                        {"oneDNN", info.onednn},
                                                        {"openMP", info.openmp}};
  for (const auto& [name, value] : fields)
    napi_set_named_property(environment.env, object, name, write(environment, value));
  napi_set_named_property(environment.env, object, "bfloat16", write(environment, info.bfloat16));
  napi_set_named_property(environment.env, object, "threads",
                          write(environment, static_cast<int32_t>(info.threads)));
  return object;
}

napi_value cuda_info_op(Environment& environment) {
  const DeviceInfo& info = cuda_info();
  napi_value object;
  napi_create_object(environment.env, &object);
  const std::pair<const char*, std::string> fields[] = {{"reason", info.reason},
                                                        {"name", info.name},
                                                        {"driver", info.driver},
                                                        {"computeCapability", info.compute_capability},
                                                        {"libraries", info.libraries}};
  for (const auto& [name, value] : fields)
    napi_set_named_property(environment.env, object, name, write(environment, value));
  napi_set_named_property(environment.env, object, "available", write(environment, info.available));
  napi_set_named_property(environment.env, object, "memoryBytes", write(environment, info.memory_bytes));
  return object;
}

// A seed is a JavaScript number: an integer up to 2^53.
void seed_op(int64_t seed) { manual_seed(static_cast<uint64_t>(seed)); }
napi_value rng_state_op(Environment& environment) {
  const PhiloxState state = rng_state();
  napi_value array, seed, offset;
  napi_create_array_with_length(environment.env, 2, &array);
  napi_create_bigint_uint64(environment.env, state.seed, &seed);
  napi_create_bigint_uint64(environment.env, state.offset, &offset);
  napi_set_element(environment.env, array, 0, seed);
  napi_set_element(environment.env, array, 1, offset);
  return array;
}
void set_rng_state_op(Environment& environment, napi_value seed, napi_value offset) {
  PhiloxState state;
  bool lossless;
  if (napi_get_value_bigint_uint64(environment.env, seed, &state.seed, &lossless) != napi_ok ||
      napi_get_value_bigint_uint64(environment.env, offset, &state.offset, &lossless) != napi_ok)
    fail(ErrorCode::value, "setRngState", "seed and offset must be bigints, as rngState() gives them");
  set_rng_state(state);
}

void set_threads_op(int32_t threads) { set_threads(threads); }

}  // namespace

std::vector<Binding> tensor_bindings() {
  return {
      bind<from_typed_array>("fromTypedArray", "tensor"),
      bind<checked_full>("full"),
      bind<arange>("arange"),
      bind<rand>("rand"),
      bind<randn>("randn"),
      bind<randperm>("randperm"),
      bind<linspace>("linspace"),
      bind<eye>("eye"),
      bind<full_like>("fullLike"),
      bind<randint_op>("randint"),
      bind<bernoulli>("bernoulli"),
      bind<multinomial>("multinomial"),
      bind<from_file_op>("fromFile"),
      bind<shape_op>("shape"),
      bind<strides_op>("strides"),
      bind<dtype_op>("dtype"),
      bind<numel_op>("numel"),
      bind<version_op>("version"),
      bind<is_contiguous_op>("isContiguous"),
      bind<item>("item"),
      bind<to_typed_array>("toTypedArray"),
      bind<read_into>("readInto"),
      bind<duplicate>("duplicate"),
      bind<dispose>("dispose"),
      bind<dispose_many>("disposeMany", "dispose"),
      bind<is_alive>("isAlive"),
      bind<live_tensors>("liveTensors"),
      bind<memory_stats_op>("memoryStats"),
      bind<reset_peak_memory>("resetPeakMemory"),
      bind<empty_cache>("emptyCache"),
      bind<engine_info_op>("engineInfo"),
      bind<cuda_info_op>("cudaInfo"),
      bind<seed_op>("manualSeed"),
      bind<rng_state_op>("rngState"),
      bind<set_rng_state_op>("setRngState"),
      bind<set_threads_op>("setThreads"),
  };
}

}  // namespace tape::node
