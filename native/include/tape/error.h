// Errors of the engine. Every one reads `[where] what was wrong, the value, what to do`.
#pragma once
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace tape {

/// What kind of mistake it was; crosses to JavaScript as `error.code`.
enum class ErrorCode { shape, dtype, value, gradient, handle, device, file, memory, anomaly, internal };

/// "TAPE_SHAPE" and so on.
const char* error_code_name(ErrorCode code);

class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code(code) {}
  ErrorCode code;
};

template <class... Parts>
[[noreturn]] void fail(ErrorCode code, const char* where, Parts&&... parts) {
  std::ostringstream text;
  text << '[' << where << "] ";
  (text << ... << std::forward<Parts>(parts));
  throw Error(code, text.str());
}

}  // namespace tape
