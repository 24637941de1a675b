#include "tape/ops/reduce.h"

#include "call.h"

namespace tape::node {
namespace {

napi_value norms_op(Environment& environment, const std::vector<Tensor>& tensors) {
  for (size_t i = 0; i < tensors.size(); ++i)
    if (!tensors[i].defined()) fail(ErrorCode::value, "norms", "tensor ", i, " is missing");
  const std::vector<double> values = norms(tensors);
  void* data;
  napi_value buffer, array;
  napi_create_arraybuffer(environment.env, values.size() * sizeof(double), &data, &buffer);
  for (size_t i = 0; i < values.size(); ++i) static_cast<double*>(data)[i] = values[i];
  napi_create_typedarray(environment.env, napi_float64_array, values.size(), buffer, 0, &array);
  return array;
}

}  // namespace

std::vector<Binding> reduce_bindings() {
  return {
      bind<sum>("sum"),       bind<mean>("mean"),     bind<amax>("amax"),      bind<amin>("amin"),
      bind<argmax>("argmax"), bind<argmin>("argmin"), bind<norms_op>("norms"),
  };
}

}  // namespace tape::node
