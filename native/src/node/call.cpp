#include "call.h"

#include <cmath>
#include <new>

namespace tape::node {

void bad_argument(const char* where, size_t index, const char* expected) {
  fail(ErrorCode::value, where, "argument ", index + 1, " must be ", expected);
}

void throw_error(napi_env env, const char* code, const char* message) {
  napi_throw_error(env, code, message);
}

void rethrow_to_javascript(napi_env env) {
  try {
    throw;
  } catch (const PendingException&) {
    // JavaScript's own exception goes on as it is.
  } catch (const Error& error) {
    throw_error(env, error_code_name(error.code), error.what());
  } catch (const std::bad_alloc&) {
    throw_error(env, "TAPE_MEMORY", "[memory] the system refused memory, use a smaller batch or model");
  } catch (const std::exception& error) {
    throw_error(env, "TAPE_INTERNAL", (std::string("[engine] ") + error.what()).c_str());
  } catch (...) {
    throw_error(env, "TAPE_INTERNAL", "[engine] unknown failure");
  }
}

Tensor read_tensor(const Call& call, napi_value value, size_t index) {
  int32_t handle;
  if (napi_get_value_int32(call.environment.env, value, &handle) != napi_ok)
    bad_argument(call.where, index, "a Tensor");
  return call.environment.get(call.where, handle);
}

double read_number(const Call& call, napi_value value, size_t index) {
  double number;
  if (napi_get_value_double(call.environment.env, value, &number) != napi_ok)
    bad_argument(call.where, index, "a number");
  return number;
}

int32_t read_int32(const Call& call, napi_value value, size_t index) {
  int32_t number;
  if (napi_get_value_int32(call.environment.env, value, &number) != napi_ok)
    bad_argument(call.where, index, "an integer");
  return number;
}

int64_t read_int64(const Call& call, napi_value value, size_t index) {
  const double number = read_number(call, value, index);
  if (number != std::trunc(number) || std::fabs(number) > 9007199254740992.0)
    fail(ErrorCode::value, call.where, "argument ", index + 1, " must be an integer, got ", number);
  return static_cast<int64_t>(number);
}

bool read_bool(const Call& call, napi_value value, size_t index) {
  bool flag;
  if (napi_get_value_bool(call.environment.env, value, &flag) != napi_ok)
    bad_argument(call.where, index, "true or false");
  return flag;
}

std::string read_string(const Call& call, napi_value value, size_t index) {
  size_t length;
  if (napi_get_value_string_utf8(call.environment.env, value, nullptr, 0, &length) != napi_ok)
    bad_argument(call.where, index, "a string");
  std::string text(length, '\0');
  napi_get_value_string_utf8(call.environment.env, value, text.data(), length + 1, &length);
  return text;
}

namespace {

uint32_t array_length(const Call& call, napi_value value, size_t index, const char* expected) {
  bool is_array = false;
  napi_is_array(call.environment.env, value, &is_array);
  if (!is_array) bad_argument(call.where, index, expected);
  uint32_t length = 0;
  napi_get_array_length(call.environment.env, value, &length);
  return length;
}

/// Element `at` of an array of integers.
int64_t read_size(const Call& call, napi_value array, size_t index, uint32_t at) {
  napi_value element;
  napi_get_element(call.environment.env, array, at, &element);
  double number = 0.5;
  napi_get_value_double(call.environment.env, element, &number);
  if (number != std::trunc(number) || std::fabs(number) > 9007199254740992.0)
    fail(ErrorCode::shape, call.where, "argument ", index + 1, " must hold integers, element ", at,
         " is not one");
  return static_cast<int64_t>(number);
}

}  // namespace

std::vector<int64_t> read_sizes(const Call& call, napi_value value, size_t index) {
  const uint32_t length = array_length(call, value, index, "an array of integers");
  std::vector<int64_t> sizes;
  for (uint32_t i = 0; i < length; ++i) sizes.push_back(read_size(call, value, index, i));
  return sizes;
}

Dims read_dims(const Call& call, napi_value value, size_t index) {
  const uint32_t length = array_length(call, value, index, "an array of integers");
  Dims dims;
  for (uint32_t i = 0; i < length; ++i) dims.push_back(read_size(call, value, index, i));
  return dims;
}

namespace {

std::vector<int32_t> read_int32s(const Call& call, napi_value value, size_t index, const char* expected) {
  const uint32_t length = array_length(call, value, index, expected);
  std::vector<int32_t> numbers(length);
  for (uint32_t i = 0; i < length; ++i) {
    napi_value element;
    napi_get_element(call.environment.env, value, i, &element);
    if (napi_get_value_int32(call.environment.env, element, &numbers[i]) != napi_ok)
      bad_argument(call.where, index, expected);
  }
  return numbers;
}

}  // namespace

std::vector<int32_t> read_integers(const Call& call, napi_value value, size_t index) {
  return read_int32s(call, value, index, "an array of integers");
}

std::vector<int32_t> read_handles(const Call& call, napi_value value, size_t index) {
  return read_int32s(call, value, index, "an array of Tensors");
}

std::vector<Tensor> read_tensors(const Call& call, napi_value value, size_t index, bool all) {
  std::vector<Tensor> tensors;
  for (int32_t handle : read_handles(call, value, index))
    tensors.push_back(handle == 0 && !all ? Tensor() : call.environment.get(call.where, handle));
  return tensors;
}

DType read_dtype(const Call& call, napi_value value, size_t index) {
  const int32_t number = read_int32(call, value, index);
  if (number < 0 || number >= kDTypeCount) bad_argument(call.where, index, "a dtype");
  return static_cast<DType>(number);
}

void* read_typed_array(const Call& call, napi_value value, size_t index, napi_typedarray_type kind,
                       const char* expected, size_t& length) {
  napi_typedarray_type found;
  void* data = nullptr;
  if (napi_get_typedarray_info(call.environment.env, value, &found, &length, &data, nullptr, nullptr) !=
          napi_ok ||
      found != kind)
    bad_argument(call.where, index, expected);
  return data;
}

napi_value write(Environment& environment, const std::string& text) {
  napi_value value;
  napi_create_string_utf8(environment.env, text.data(), text.size(), &value);
  return value;
}

napi_value write(Environment& environment, const Dims& dims) {
  napi_value array;
  napi_create_array_with_length(environment.env, static_cast<size_t>(dims.size()), &array);
  for (int i = 0; i < dims.size(); ++i)
    napi_set_element(environment.env, array, static_cast<uint32_t>(i), write(environment, dims[i]));
  return array;
}

napi_value write(Environment& environment, const std::vector<Tensor>& tensors) {
  napi_value array;
  napi_create_array_with_length(environment.env, tensors.size(), &array);
  for (size_t i = 0; i < tensors.size(); ++i)
    napi_set_element(environment.env, array, static_cast<uint32_t>(i), write(environment, tensors[i]));
  return array;
}

}  // namespace tape::node
