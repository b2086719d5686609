#include "tests/support/naive-operators.h"

#include <math.h>
#include <string.h>

#define SQRT_HALF 0.70710678118654752440
#define TWO_OVER_PI 0.63661977236758134308

static double
cut (double x, double low, double high)
{
  return fmin (fmax (x, low), high);
}

static double
gelu (const FlNaiveCall *call, double x)
{
  g_autofree char *approximate = fl_naive_text (call, "approximate");

  if (strcmp (approximate, "tanh") == 0)
    return 0.5 * x * (1 + tanh (sqrt (TWO_OVER_PI) * (x + 0.044715 * x * x * x)));
  return 0.5 * x * (1 + erf (x * SQRT_HALF));
}

static gboolean
unary (const FlNaiveCall *call, double x, double *y)
{
  const char *type = call->type;

  if (strcmp (type, "Relu") == 0)
    *y = fmax (x, 0);
  else if (strcmp (type, "LeakyRelu") == 0)
    *y = x >= 0 ? x : fl_naive_double (call, "alpha", 0.01) * x;
  else if (strcmp (type, "Elu") == 0)
    *y = x >= 0 ? x : fl_naive_double (call, "alpha", 1) * expm1 (x);
  else if (strcmp (type, "Sigmoid") == 0)
    *y = 1 / (1 + exp (-x));
  else if (strcmp (type, "Tanh") == 0)
    *y = tanh (x);
  else if (strcmp (type, "HardSigmoid") == 0)
    *y = cut (fl_naive_double (call, "alpha", 0.2) * x + fl_naive_double (call, "beta", 0.5), 0, 1);
  else if (strcmp (type, "HardSwish") == 0)
    *y = x * cut (x / 6 + 0.5, 0, 1);
  else if (strcmp (type, "Softplus") == 0)
    *y = x > 30 ? x : log1p (exp (x));
  else if (strcmp (type, "Erf") == 0)
    *y = erf (x);
  else if (strcmp (type, "Gelu") == 0)
    *y = gelu (call, x);
  else if (strcmp (type, "Clip") == 0)
    *y = cut (x, fl_naive_double (call, "min", -INFINITY), fl_naive_double (call, "max", INFINITY));
  else if (strcmp (type, "Sqrt") == 0)
    *y = sqrt (x);
  else if (strcmp (type, "Neg") == 0)
    *y = -x;
  else if (strcmp (type, "Exp") == 0)
    *y = exp (x);
  else if (strcmp (type, "Log") == 0)
    *y = log (x);
  else if (strcmp (type, "Abs") == 0)
    *y = fabs (x);
  else if (strcmp (type, "Reciprocal") == 0)
    *y = 1 / x;
  else
    return FALSE;
  return TRUE;
}

static gboolean
binary (const char *type, double a, double b, double *y)
{
  if (strcmp (type, "Add") == 0)
    *y = a + b;
  else if (strcmp (type, "Sub") == 0)
    *y = a - b;
  else if (strcmp (type, "Mul") == 0)
    *y = a * b;
  else if (strcmp (type, "Div") == 0)
    *y = a / b;
  else if (strcmp (type, "Pow") == 0)
    *y = pow (a, b);
  else
    return FALSE;
  return TRUE;
}

gboolean
fl_naive_compute_element_wise (const FlNaiveCall *call)
{
  const FlNaiveArray *a = call->inputs[0];
  const FlNaiveArray *b = call->n_inputs > 1 ? call->inputs[1] : NULL;
  double ignored = 0;

  if (b == NULL)
    {
      if (!unary (call, 1, &ignored))
        return FALSE;
      call->outputs[0] = fl_naive_array_new (a->rank, a->size);
      for (gint64 i = 0; i < a->count; i++)
        unary (call, a->data[i], &call->outputs[0]->data[i]);
    }
  else
    {
      gint64 size[FL_NAIVE_MAX_RANK];
      gint64 index[FL_NAIVE_MAX_RANK];
      int rank = MAX (a->rank, b->rank);

      if (!binary (call->type, 1, 1, &ignored))
        return FALSE;
      for (int i = 0; i < rank; i++)
        {
          gint64 x = i < rank - a->rank ? 1 : a->size[i - (rank - a->rank)];
          gint64 y = i < rank - b->rank ? 1 : b->size[i - (rank - b->rank)];

          size[i] = MAX (x, y);
        }
      call->outputs[0] = fl_naive_array_new (rank, size);
      for (gint64 i = 0; i < call->outputs[0]->count; i++)
        {
          fl_naive_index (call->outputs[0], i, index);
          binary (call->type, *fl_naive_at_broadcast (a, rank, index),
                  *fl_naive_at_broadcast (b, rank, index), &call->outputs[0]->data[i]);
        }
    }
  return TRUE;
}
