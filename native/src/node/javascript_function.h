// JavaScript functions that the engine calls.
#pragma once
#include <initializer_list>

#include "call.h"

namespace tape::node {

/// A JavaScript function the engine holds on to.
class JavaScriptFunction {
 public:
  JavaScriptFunction(Environment& environment, napi_value function) : environment_(environment) {
    napi_create_reference(environment.env, function, 1, &reference_);
  }
  ~JavaScriptFunction() { napi_delete_reference(environment_.env, reference_); }
  JavaScriptFunction(const JavaScriptFunction&) = delete;
  JavaScriptFunction& operator=(const JavaScriptFunction&) = delete;

  /// What it returns; the caller has opened a HandleScope. Throws PendingException when it throws.
  napi_value operator()(std::initializer_list<napi_value> arguments) const {
    napi_value function, undefined, returned;
    napi_get_reference_value(environment_.env, reference_, &function);
    napi_get_undefined(environment_.env, &undefined);
    if (napi_call_function(environment_.env, undefined, function, arguments.size(), arguments.begin(),
                           &returned) != napi_ok)
      throw PendingException{};
    return returned;
  }
  Environment& environment() const { return environment_; }

 private:
  Environment& environment_;
  napi_ref reference_ = nullptr;
};

inline void check_function(Environment& environment, const char* where, napi_value value) {
  napi_valuetype type;
  napi_typeof(environment.env, value, &type);
  if (type != napi_function) fail(ErrorCode::value, where, "needs a function to call");
}

}  // namespace tape::node
