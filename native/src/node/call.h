// From a Node-API callback to a plain C++ function: arguments are read by their C++ types, the result
// is converted back, and no C++ exception gets past.
#pragma once
#include <node_api.h>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "environment.h"
#include "tape/journal.h"

namespace tape::node {

[[noreturn]] void bad_argument(const char* where, size_t index, const char* expected);
void throw_error(napi_env env, const char* code, const char* message);

/// A tensor argument that may be absent (handle 0).
struct MaybeTensor {
  Tensor tensor;
};
/// A list in which tensors may be absent (handle 0). In a plain std::vector<Tensor> none may.
struct MaybeTensors {
  std::vector<Tensor> tensors;
};
/// A tensor in a fresh handle, or 0 when undefined.
struct Result {
  Tensor tensor;
};

struct Call {
  Environment& environment;
  const char* where;
};

/// For code that runs outside of an entry point of its own: values made inside go when it ends.
struct HandleScope {
  explicit HandleScope(napi_env env) : env(env) { napi_open_handle_scope(env, &scope); }
  ~HandleScope() { napi_close_handle_scope(env, scope); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;
  napi_env env;
  napi_handle_scope scope;
};

// Readers: one overload for each C++ type an entry point may take.
Tensor read_tensor(const Call& call, napi_value value, size_t index);
double read_number(const Call& call, napi_value value, size_t index);
int32_t read_int32(const Call& call, napi_value value, size_t index);
int64_t read_int64(const Call& call, napi_value value, size_t index);
bool read_bool(const Call& call, napi_value value, size_t index);
std::string read_string(const Call& call, napi_value value, size_t index);
Dims read_dims(const Call& call, napi_value value, size_t index);
std::vector<int32_t> read_integers(const Call& call, napi_value value, size_t index);
std::vector<int64_t> read_sizes(const Call& call, napi_value value, size_t index);
std::vector<int32_t> read_handles(const Call& call, napi_value value, size_t index);
std::vector<Tensor> read_tensors(const Call& call, napi_value value, size_t index, bool all = true);
DType read_dtype(const Call& call, napi_value value, size_t index);
/// Memory of a typed array of exactly this kind, valid during the call.
void* read_typed_array(const Call& call, napi_value value, size_t index, napi_typedarray_type kind,
                       const char* expected, size_t& length);
template <class T>
std::span<T> read_span(const Call& call, napi_value value, size_t index) {
  size_t length;
  void* data;
  if constexpr (std::is_same_v<T, float>)
    data = read_typed_array(call, value, index, napi_float32_array, "a Float32Array", length);
  else if constexpr (std::is_same_v<T, uint16_t>)
    data = read_typed_array(call, value, index, napi_uint16_array, "a Uint16Array", length);
  else if constexpr (std::is_same_v<T, uint32_t>)
    data = read_typed_array(call, value, index, napi_uint32_array, "a Uint32Array", length);
  else
    data = read_typed_array(call, value, index, napi_float64_array, "a Float64Array", length);
  return {static_cast<T*>(data), length};
}

template <class T>
T read(const Call& call, napi_value value, size_t index) {
  if constexpr (std::is_same_v<T, Tensor>)
    return read_tensor(call, value, index);
  else if constexpr (std::is_same_v<T, MaybeTensor>) {
    const int32_t handle = read_int32(call, value, index);
    return {handle == 0 ? Tensor() : call.environment.get(call.where, handle)};
  } else if constexpr (std::is_same_v<T, double>)
    return read_number(call, value, index);
  else if constexpr (std::is_same_v<T, bool>)
    return read_bool(call, value, index);
  else if constexpr (std::is_same_v<T, int32_t>)
    return read_int32(call, value, index);
  else if constexpr (std::is_same_v<T, int64_t>)
    return read_int64(call, value, index);
  else if constexpr (std::is_same_v<T, std::string>)
    return read_string(call, value, index);
  else if constexpr (std::is_same_v<T, Dims>)
    return read_dims(call, value, index);
  else if constexpr (std::is_same_v<T, std::vector<int32_t>>)
    return read_integers(call, value, index);
  else if constexpr (std::is_same_v<T, std::vector<int64_t>>)
    return read_sizes(call, value, index);
  else if constexpr (std::is_same_v<T, std::vector<Tensor>>)
    return read_tensors(call, value, index);
  else if constexpr (std::is_same_v<T, MaybeTensors>)
    return MaybeTensors{read_tensors(call, value, index, false)};
  else if constexpr (std::is_same_v<T, std::span<float>> || std::is_same_v<T, std::span<double>> ||
                     std::is_same_v<T, std::span<uint16_t>> || std::is_same_v<T, std::span<uint32_t>>)
    return read_span<typename T::element_type>(call, value, index);
  else if constexpr (std::is_same_v<T, DType>)
    return read_dtype(call, value, index);
  else if constexpr (std::is_enum_v<T>)
    return static_cast<T>(read_int32(call, value, index));
  else if constexpr (std::is_same_v<T, napi_value>)
    return value;
  else
    static_assert(sizeof(T) == 0, "no reader for this type");
}

// Writers.
inline napi_value write(Environment& environment, Tensor tensor) {
  napi_value value;
  napi_create_int32(environment.env, tensor.defined() ? environment.put(std::move(tensor)) : 0, &value);
  environment.report_memory();
  return value;
}
inline napi_value write(Environment& environment, double number) {
  napi_value value;
  napi_create_double(environment.env, number, &value);
  return value;
}
inline napi_value write(Environment& environment, int64_t number) {
  napi_value value;
  napi_create_int64(environment.env, number, &value);
  return value;
}
inline napi_value write(Environment& environment, int32_t number) {
  napi_value value;
  napi_create_int32(environment.env, number, &value);
  return value;
}
inline napi_value write(Environment& environment, bool flag) {
  napi_value value;
  napi_get_boolean(environment.env, flag, &value);
  return value;
}
napi_value write(Environment& environment, const std::string& text);
napi_value write(Environment& environment, const Dims& dims);
napi_value write(Environment& environment, const std::vector<Tensor>& tensors);
inline napi_value write(Environment&, napi_value value) { return value; }

/// Turns whatever is being thrown into a JavaScript exception.
void rethrow_to_javascript(napi_env env);

/// The callback for `function`, whose first parameter may be Environment&.
template <auto function, class Signature = decltype(function)>
struct Callback;

template <auto function, class R, class... Args>
struct Callback<function, R (*)(Args...)> {
  static napi_value invoke(napi_env env, napi_callback_info info) {
    constexpr size_t count = (0 + ... + (std::is_same_v<std::decay_t<Args>, Environment> ? 0 : 1));
    std::array<napi_value, count + 1> values;
    size_t given = count;
    void* data;
    napi_get_cb_info(env, info, &given, values.data(), nullptr, &data);
    auto& entry = *static_cast<std::pair<Environment*, const char*>*>(data);
    try {
      const Call call{*entry.first, entry.second};
      Making making(call.where);
      JournalCall journal;
      if (given < count) {
        napi_value undefined;
        napi_get_undefined(env, &undefined);
        for (size_t i = given; i < count; ++i) values[i] = undefined;
      }
      return apply(call, values.data(), std::index_sequence_for<Args...>{});
    } catch (...) {
      rethrow_to_javascript(env);
      return nullptr;
    }
  }

 private:
  template <class A, size_t I>
  static decltype(auto) argument(const Call& call, napi_value* values) {
    constexpr bool leads =
        std::is_same_v<std::decay_t<std::tuple_element_t<0, std::tuple<Args..., void>>>, Environment>;
    if constexpr (std::is_same_v<std::decay_t<A>, Environment>)
      return (call.environment);
    else
      return read<std::decay_t<A>>(call, values[I - (leads ? 1 : 0)], I - (leads ? 1 : 0));
  }
  template <size_t... I>
  static napi_value apply(const Call& call, napi_value* values, std::index_sequence<I...>) {
    if constexpr (std::is_void_v<R>) {
      function(argument<Args, I>(call, values)...);
      napi_value undefined;
      napi_get_undefined(call.environment.env, &undefined);
      return undefined;
    } else {
      return write(call.environment, function(argument<Args, I>(call, values)...));
    }
  }
};

/// One entry point; see bindings.h.
struct Binding {
  const char* name;   // in the addon's exports
  const char* where;  // in error messages
  napi_callback callback;
};

template <auto function>
Binding bind(const char* name, const char* where = nullptr) {
  return {name, where ? where : name, Callback<function>::invoke};
}

}  // namespace tape::node
