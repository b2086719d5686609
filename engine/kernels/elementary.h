#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

/*
 * Elementary functions in float without branches, so that the compiler turns loops over them into
 * vector code. Polynomials are minimax fits made for this file. Infinities and NaN pass through.
 */

static inline float
fl_float_from_bits (uint32_t bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline uint32_t
fl_float_bits (float x)
{
  uint32_t bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

/* Within 1.2 units in the last place. */
static inline float
fl_exp (float x)
{
  const float round = 12582912.0f; /* 1.5 * 2^23: adding it leaves the integer in the low bits */
  float bounded = x < -104.0f ? -104.0f : x;
  float shifted, n, r, tail;
  int32_t exponent, half;

  bounded = bounded > 89.0f ? 89.0f : bounded;
  shifted = bounded * 1.44269504f + round;
  n = shifted - round;
  exponent = (int32_t) (fl_float_bits (shifted) - fl_float_bits (round));
  r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
  tail = 1.395053854e-3f;
  tail = tail * r + 8.368918062e-3f;
  tail = tail * r + 4.166620509e-2f;
  tail = tail * r + 1.666651860e-1f;
  tail = tail * r + 5.000000095e-1f;
  tail = tail * (r * r) + r;
  /* In two steps, as 2^n itself may be too large or too small for a float. */
  half = exponent >> 1;
  return (tail + 1.0f) * fl_float_from_bits (((uint32_t) half + 127u) << 23)
         * fl_float_from_bits (((uint32_t) exponent - (uint32_t) half + 127u) << 23);
}

static inline float
fl_sigmoid (float x)
{
  return 1.0f / (1.0f + fl_exp (-x));
}

/* Within 2 units in the last place. */
static inline float
fl_tanh (float x)
{
  float size = fabsf (x);
  float s = x * x;
  float small = -5.717036548e-3f;
  float large = 1.0f - 2.0f / (fl_exp (2.0f * size) + 1.0f);

  small = small * s + 2.065057899e-2f;
  small = small * s - 5.374349526e-2f;
  small = small * s + 1.333149125e-1f;
  small = small * s - 3.333328392e-1f;
  small = small * s * x + x;
  large = copysignf (large, x);
  return size < 0.625f ? small : large;
}

/* Within 2 units in the last place: up to 1 by a polynomial, beyond as 1 - exp of one. */
static inline float
fl_erf (float x)
{
  float size = fabsf (x);
  float s = x * x;
  float t = size > 4.0f ? 4.0f : size;
  float small = 7.889119359e-5f;
  float large = -1.855748947e-4f;

  small = small * s - 8.020841224e-4f;
  small = small * s + 5.189535332e-3f;
  small = small * s - 2.685444459e-2f;
  small = small * s + 1.128360018e-1f;
  small = small * s - 3.761262714e-1f;
  small = small * s + 1.283791659e-1f;
  small = small * x + x;
  large = large * t + 2.939615750e-3f;
  large = large * t - 2.180535121e-2f;
  large = large * t + 1.030374356e-1f;
  large = large * t + 6.382256022e-1f;
  large = large * t + 1.127040080e+0f;
  large = large * t + 3.537089108e-4f;
  large = copysignf (1.0f - fl_exp (-large), x);
  return size < 1.0f ? small : large;
}
