/* Nobody reads floating-point exception flags; this lets loops with comparisons become vector code.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-trapping-math")
#endif

#include "engine/kernels/element-wise.h"

#include "engine/kernels/elementary.h"

/*
 * Each function f is `f_value` (x, p) and `f_gradient` (g, x, y, p), the gradient g of y = f (x)
 * times the derivative. They are written with selections instead of branches.
 */
typedef FlElementParameters Parameters;

#define DEFINE_FUNCTION(name, price)                                                               \
  static void name##_forward (const void *parameters, int64_t n, float *restrict out,              \
                              const float *const *in)                                              \
  {                                                                                                \
    Parameters p = *(const Parameters *) parameters;                                               \
    const float *x = in[0];                                                                        \
                                                                                                   \
    for (int64_t i = 0; i < n; i++)                                                                \
      out[i] = name##_value (x[i], p);                                                             \
  }                                                                                                \
  static void name##_backward (const void *parameters, int64_t n, float *restrict out,             \
                               const float *const *in)                                             \
  {                                                                                                \
    Parameters p = *(const Parameters *) parameters;                                               \
    const float *g = in[0];                                                                        \
    const float *x = in[1];                                                                        \
    const float *y = in[2];                                                                        \
                                                                                                   \
    for (int64_t i = 0; i < n; i++)                                                                \
      out[i] = name##_gradient (g[i], x[i], y[i], p);                                              \
  }                                                                                                \
  const FlElementFunction fl_element_##name = { name##_forward, name##_backward, price }

/* NaN stays NaN, which the other way round it would not. */
static inline float
relu_value (float x, Parameters p)
{
  return x <= 0.0f ? 0.0f : x;
}

static inline float
relu_gradient (float g, float x, float y, Parameters p)
{
  return x <= 0.0f ? 0.0f : g;
}

DEFINE_FUNCTION (relu, 1);

static inline float
leaky_relu_value (float x, Parameters p)
{
  float scaled = p.a * x;

  return x > 0.0f ? x : scaled;
}

static inline float
leaky_relu_gradient (float g, float x, float y, Parameters p)
{
  float scaled = p.a * g;

  return x > 0.0f ? g : scaled;
}

DEFINE_FUNCTION (leaky_relu, 1);

/* exp (x) - 1 for x <= 0: from tanh (x / 2) = t it is 2 t / (1 - t), which cancels nowhere. */
static inline float
elu_value (float x, Parameters p)
{
  float t = fl_tanh (0.5f * x);
  float below = p.a * (2.0f * t / (1.0f - t));

  return x > 0.0f ? x : below;
}

static inline float
elu_gradient (float g, float x, float y, Parameters p)
{
  float below = g * p.a * fl_exp (x);

  return x > 0.0f ? g : below;
}

DEFINE_FUNCTION (elu, 16);

static inline float
sigmoid_value (float x, Parameters p)
{
  return fl_sigmoid (x);
}

static inline float
sigmoid_gradient (float g, float x, float y, Parameters p)
{
  return g * (y * (1.0f - y));
}

DEFINE_FUNCTION (sigmoid, 8);

static inline float
tanh_value (float x, Parameters p)
{
  return fl_tanh (x);
}

static inline float
tanh_gradient (float g, float x, float y, Parameters p)
{
  return g * (1.0f - y * y);
}

DEFINE_FUNCTION (tanh, 12);

static inline float
hard_sigmoid_value (float x, Parameters p)
{
  float y = p.a * x + p.b;

  y = y < 0.0f ? 0.0f : y;
  return y > 1.0f ? 1.0f : y;
}

static inline float
hard_sigmoid_gradient (float g, float x, float y, Parameters p)
{
  float inside = g * p.a;

  inside = y <= 0.0f ? 0.0f : inside;
  return y >= 1.0f ? 0.0f : inside;
}

DEFINE_FUNCTION (hard_sigmoid, 2);

static inline float
hard_swish_value (float x, Parameters p)
{
  float gate = x * (1.0f / 6.0f) + 0.5f;

  gate = gate < 0.0f ? 0.0f : gate;
  gate = gate > 1.0f ? 1.0f : gate;
  return x * gate;
}

static inline float
hard_swish_gradient (float g, float x, float y, Parameters p)
{
  float inside = g * (x * (1.0f / 3.0f) + 0.5f);

  inside = x < -3.0f ? 0.0f : inside;
  return x > 3.0f ? g : inside;
}

DEFINE_FUNCTION (hard_swish, 2);

/* log (1 + exp (x)), with an exponential that cannot overflow. */
static inline float
softplus_value (float x, Parameters p)
{
  float tail = log1pf (fl_exp (-fabsf (x)));

  return x > 0.0f ? x + tail : tail;
}

static inline float
softplus_gradient (float g, float x, float y, Parameters p)
{
  return g * fl_sigmoid (x);
}

DEFINE_FUNCTION (softplus, 32);

static inline float
erf_value (float x, Parameters p)
{
  return fl_erf (x);
}

static inline float
erf_gradient (float g, float x, float y, Parameters p)
{
  return g * (1.12837917f * fl_exp (-x * x));
}

DEFINE_FUNCTION (erf, 16);

static inline float
gelu_value (float x, Parameters p)
{
  return 0.5f * x * (1.0f + fl_erf (x * 0.707106781f));
}

static inline float
gelu_gradient (float g, float x, float y, Parameters p)
{
  float below = 0.5f * (1.0f + fl_erf (x * 0.707106781f));

  return g * (below + x * 0.398942280f * fl_exp (-0.5f * x * x));
}

DEFINE_FUNCTION (gelu, 20);

static inline float
gelu_tanh_value (float x, Parameters p)
{
  return 0.5f * x * (1.0f + fl_tanh (0.797884561f * (x + 0.044715f * x * x * x)));
}

static inline float
gelu_tanh_gradient (float g, float x, float y, Parameters p)
{
  float t = fl_tanh (0.797884561f * (x + 0.044715f * x * x * x));
  float slope = 0.797884561f * (1.0f + 0.134145f * x * x);

  return g * (0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * slope);
}

DEFINE_FUNCTION (gelu_tanh, 20);

static inline float
clip_value (float x, Parameters p)
{
  float y = x < p.a ? p.a : x;

  return y > p.b ? p.b : y;
}

static inline float
clip_gradient (float g, float x, float y, Parameters p)
{
  float inside = x < p.a ? 0.0f : g;

  return x > p.b ? 0.0f : inside;
}

DEFINE_FUNCTION (clip, 1);

static inline float
sqrt_value (float x, Parameters p)
{
  return sqrtf (x);
}

static inline float
sqrt_gradient (float g, float x, float y, Parameters p)
{
  return g / (2.0f * y);
}

DEFINE_FUNCTION (sqrt, 4);

static inline float
neg_value (float x, Parameters p)
{
  return -x;
}

static inline float
neg_gradient (float g, float x, float y, Parameters p)
{
  return -g;
}

DEFINE_FUNCTION (neg, 1);

static inline float
exp_value (float x, Parameters p)
{
  return fl_exp (x);
}

static inline float
exp_gradient (float g, float x, float y, Parameters p)
{
  return g * y;
}

DEFINE_FUNCTION (exp, 8);

static inline float
log_value (float x, Parameters p)
{
  return logf (x);
}

static inline float
log_gradient (float g, float x, float y, Parameters p)
{
  return g / x;
}

DEFINE_FUNCTION (log, 16);

static inline float
abs_value (float x, Parameters p)
{
  return fabsf (x);
}

static inline float
abs_gradient (float g, float x, float y, Parameters p)
{
  float above = x > 0.0f ? g : 0.0f;

  return x < 0.0f ? -g : above;
}

DEFINE_FUNCTION (abs, 1);

static inline float
reciprocal_value (float x, Parameters p)
{
  return 1.0f / x;
}

static inline float
reciprocal_gradient (float g, float x, float y, Parameters p)
{
  return -g * (y * y);
}

DEFINE_FUNCTION (reciprocal, 4);

void
fl_row_scale (const void *parameters, int64_t n, float *restrict out, const float *const *in)
{
  float a = ((const Parameters *) parameters)->a;
  const float *x = in[0];

  for (int64_t i = 0; i < n; i++)
    out[i] = a * x[i];
}
