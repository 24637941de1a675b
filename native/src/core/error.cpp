#include "tape/error.h"

namespace tape {

const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::shape:
      return "TAPE_SHAPE";
    case ErrorCode::dtype:
      return "TAPE_DTYPE";
    case ErrorCode::value:
      return "TAPE_VALUE";
    case ErrorCode::gradient:
      return "TAPE_GRADIENT";
    case ErrorCode::handle:
      return "TAPE_HANDLE";
    case ErrorCode::device:
      return "TAPE_DEVICE";
    case ErrorCode::file:
      return "TAPE_FILE";
    case ErrorCode::memory:
      return "TAPE_MEMORY";
    case ErrorCode::anomaly:
      return "TAPE_ANOMALY";
    case ErrorCode::internal:
      return "TAPE_INTERNAL";
  }
  return "TAPE_INTERNAL";
}

}  // namespace tape
