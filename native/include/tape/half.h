// The two 16-bit floating types. They are stored, not computed with: kernels convert to float, compute, and
// round back to the nearest even. Everything here is plain integer arithmetic on normal numbers, so it gives
// the same bits on threads that flush denormals, and loops over it vectorise.
#pragma once
#include <bit>
#include <cstdint>

#include "tape/both.h"

namespace tape {

/// The upper half of a float: 8 bits of exponent, 7 of fraction.
struct BFloat16 {
  uint16_t bits = 0;
  BFloat16() = default;
  TAPE_BOTH explicit BFloat16(float value) : bits(encode(value)) {}
  TAPE_BOTH operator float() const { return decode(bits); }

  TAPE_BOTH static float decode(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }
  TAPE_BOTH static uint16_t encode(float value) {
    const uint32_t whole = std::bit_cast<uint32_t>(value);
    const uint32_t rounded = (whole + 0x7FFFu + (whole >> 16 & 1u)) >> 16;
    const uint32_t quiet = whole >> 16 | 0x40u;  // rounding could turn a NaN into infinity
    return static_cast<uint16_t>((whole & 0x7FFFFFFFu) > 0x7F800000u ? quiet : rounded);
  }
};

/// IEEE 754 binary16: 5 bits of exponent, 10 of fraction.
struct Float16 {
  uint16_t bits = 0;
  Float16() = default;
  TAPE_BOTH explicit Float16(float value) : bits(encode(value)) {}
  TAPE_BOTH operator float() const { return decode(bits); }

  TAPE_BOTH static float decode(uint16_t bits) {
    const uint32_t sign = uint32_t{bits & 0x8000u} << 16, magnitude = bits & 0x7FFFu;
    const uint32_t normal = (magnitude << 13) + (112u << 23);
    const uint32_t special = magnitude << 13 | 0x7F800000u;  // infinity and NaN
    // A denormal is its fraction times 2^-24.
    const uint32_t tiny =
        std::bit_cast<uint32_t>(static_cast<float>(static_cast<int32_t>(magnitude)) * 0x1p-24f);
    const uint32_t value = magnitude >= 0x7C00u ? special : magnitude < 0x0400u ? tiny : normal;
    return std::bit_cast<float>(sign | value);
  }
  TAPE_BOTH static uint16_t encode(float value) {
    const uint32_t whole = std::bit_cast<uint32_t>(value);
    const uint32_t sign = whole >> 16 & 0x8000u, magnitude = whole & 0x7FFFFFFFu;
    const uint32_t normal = (magnitude - (112u << 23) + 0x0FFFu + (magnitude >> 13 & 1u)) >> 13;
    // Below 2^-14: adding 0.5, whose last bit is worth 2^-24, rounds to the denormal's fraction.
    const uint32_t tiny = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3F000000u;
    const uint32_t nan = 0x7E00u | (magnitude >> 13 & 0x03FFu);
    const uint32_t finite = magnitude < 0x38800000u ? tiny : normal;
    const uint32_t result = magnitude > 0x7F800000u ? nan : magnitude >= 0x477FF000u ? 0x7C00u : finite;
    return static_cast<uint16_t>(sign | result);
  }
};

}  // namespace tape
