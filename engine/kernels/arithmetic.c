#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-trapping-math")
#endif

#include "engine/kernels/arithmetic.h"

#include <math.h>

#include "engine/kernels/elementary.h"

/* A row function of what stands at index i. */
#define DEFINE_ROW(linkage, name, expression)                                                      \
  linkage void name (const void *parameters, int64_t n, float *restrict out,                       \
                     const float *const *in)                                                       \
  {                                                                                                \
    for (int64_t i = 0; i < n; i++)                                                                \
      out[i] = expression;                                                                         \
  }

DEFINE_ROW (static, add, in[0][i] + in[1][i])
DEFINE_ROW (static, sub, in[0][i] - in[1][i])
DEFINE_ROW (static, sub_term_b, -in[0][i])
DEFINE_ROW (static, mul, in[0][i] * in[1][i])
DEFINE_ROW (static, mul_term_a, in[0][i] * in[2][i])
DEFINE_ROW (static, mul_term_b, in[0][i] * in[1][i])
DEFINE_ROW (static, div, in[0][i] / in[1][i])
DEFINE_ROW (static, div_term_a, in[0][i] / in[2][i])
DEFINE_ROW (static, div_term_b, -in[0][i] * (in[3][i] / in[2][i]))
DEFINE_ROW (static, square, in[0][i] * in[0][i])
DEFINE_ROW (static, square_term_a, in[0][i] * (2.0f * in[1][i]))
DEFINE_ROW (, fl_row_affine, in[0][i] * in[1][i] + in[2][i])
DEFINE_ROW (, fl_row_standardised, in[0][i] * ((in[1][i] - in[2][i]) * in[3][i]))

/* Exponents that square roots and products give more exactly, and faster. */
static float
power (float a, float b)
{
  if (b == 2.0f)
    return a * a;
  if (b == 0.5f)
    return sqrtf (a);
  if (b == 3.0f)
    return a * a * a;
  if (b == 1.0f)
    return a;
  return powf (a, b);
}

/* The guards are PyTorch's: x^0 has no slope, and neither has 0^b for b >= 0 in b. */
static float
pow_slope_a (float a, float b)
{
  return b == 0.0f ? 0.0f : b * power (a, b - 1.0f);
}

static float
pow_slope_b (float a, float b, float y)
{
  return a == 0.0f && b >= 0.0f ? 0.0f : y * logf (a);
}

DEFINE_ROW (static, pow_forward, power (in[0][i], in[1][i]))
DEFINE_ROW (static, pow_term_a, in[0][i] * pow_slope_a (in[1][i], in[2][i]))
DEFINE_ROW (static, pow_term_b, in[0][i] * pow_slope_b (in[1][i], in[2][i], in[3][i]))

const FlArithmetic fl_arithmetic_add = { add, NULL, NULL, 1 };
const FlArithmetic fl_arithmetic_sub = { sub, NULL, sub_term_b, 1 };
const FlArithmetic fl_arithmetic_mul = { mul, mul_term_a, mul_term_b, 1 };
const FlArithmetic fl_arithmetic_div = { div, div_term_a, div_term_b, 4 };
const FlArithmetic fl_arithmetic_pow = { pow_forward, pow_term_a, pow_term_b, 32 };
const FlArithmetic fl_arithmetic_square = { square, square_term_a, pow_term_b, 1 };
