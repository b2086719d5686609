#include "engine/graph/operator-families.h"

#include <math.h>
#include <string.h>

#include "engine/core/error.h"
#include "engine/graph/view-loop.h"
#include "engine/kernels/element-wise.h"

typedef struct
{
  const FlElementFunction *function; /* borrowed: static */
  FlElementParameters numbers;
} Parameters;

static const struct
{
  const char *type;
  const FlElementFunction *function;
} functions[] = {
  { "Relu", &fl_element_relu },
  { "LeakyRelu", &fl_element_leaky_relu },
  { "Elu", &fl_element_elu },
  { "Sigmoid", &fl_element_sigmoid },
  { "Tanh", &fl_element_tanh },
  { "HardSigmoid", &fl_element_hard_sigmoid },
  { "HardSwish", &fl_element_hard_swish },
  { "Softplus", &fl_element_softplus },
  { "Erf", &fl_element_erf },
  { "Gelu", &fl_element_gelu },
  { "Clip", &fl_element_clip },
  { "Sqrt", &fl_element_sqrt },
  { "Neg", &fl_element_neg },
  { "Exp", &fl_element_exp },
  { "Log", &fl_element_log },
  { "Abs", &fl_element_abs },
  { "Reciprocal", &fl_element_reciprocal },
};

static Parameters *
parameters_new (const FlOperatorRequest *request, FlShape *outputs)
{
  Parameters *p = g_new0 (Parameters, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strcmp (functions[i].type, request->type) == 0)
      p->function = functions[i].function;
  g_assert (p->function != NULL);
  outputs[0] = request->inputs[0];
  return p;
}

static gboolean
prepare_plain (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
               GError **error)
{
  *parameters = parameters_new (request, outputs);
  return TRUE;
}

static gboolean
read_number (const FlOperatorRequest *request, const char *key, double fallback, float *number,
             GError **error)
{
  *number = (float) fl_attribute_double (request, key, fallback);
  if (!isfinite (*number))
    return fl_operator_error (request, error, FL_ERROR_NOT_FINITE, "%s is not a finite number",
                              key);
  return TRUE;
}

static gboolean
prepare_leaky_relu (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                    GError **error)
{
  g_autofree Parameters *p = parameters_new (request, outputs);

  if (!read_number (request, "alpha", 0.01, &p->numbers.a, error))
    return FALSE;
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

static gboolean
prepare_elu (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
             GError **error)
{
  g_autofree Parameters *p = parameters_new (request, outputs);

  if (!read_number (request, "alpha", 1.0, &p->numbers.a, error))
    return FALSE;
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

static gboolean
prepare_hard_sigmoid (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
                      GError **error)
{
  g_autofree Parameters *p = parameters_new (request, outputs);

  if (!read_number (request, "alpha", 0.2, &p->numbers.a, error)
      || !read_number (request, "beta", 0.5, &p->numbers.b, error))
    return FALSE;
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

static gboolean
prepare_clip (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
              GError **error)
{
  g_autofree Parameters *p = parameters_new (request, outputs);

  p->numbers.a = (float) fl_attribute_double (request, "min", -INFINITY);
  p->numbers.b = (float) fl_attribute_double (request, "max", INFINITY);
  if (isnan (p->numbers.a) || isnan (p->numbers.b))
    return fl_operator_error (request, error, FL_ERROR_NOT_FINITE, "a bound is not a number");
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

static gboolean
prepare_gelu (const FlOperatorRequest *request, FlShape *outputs, gpointer *parameters,
              GError **error)
{
  g_autofree Parameters *p = parameters_new (request, outputs);
  g_autofree char *approximate = fl_attribute_text (request, "approximate");

  if (g_strcmp0 (approximate, "tanh") == 0)
    p->function = &fl_element_gelu_tanh;
  else if (approximate != NULL && strcmp (approximate, "none") != 0)
    return fl_operator_error (request, error, FL_ERROR_UNSUPPORTED,
                              "approximate is '%s', expected none or tanh", approximate);
  *parameters = g_steal_pointer (&p);
  return TRUE;
}

static void
forward (const FlRun *run)
{
  const Parameters *p = run->parameters;
  FlStridedLoop loop;

  fl_view_loop_init (&loop, &run->outputs[0].shape);
  fl_view_loop_add (&loop, &run->outputs[0]);
  fl_view_loop_add (&loop, &run->inputs[0]);
  fl_strided_loop_run_rows (&loop, run->pool, p->function->cost, false, p->function->forward,
                            &p->numbers);
}

static void
backward (const FlRun *run)
{
  const Parameters *p = run->parameters;
  FlStridedLoop loop;

  if (run->input_gradients[0].data == NULL)
    return;
  fl_view_loop_init (&loop, &run->outputs[0].shape);
  fl_view_loop_add (&loop, &run->input_gradients[0]);
  fl_view_loop_add (&loop, &run->output_gradients[0]);
  fl_view_loop_add (&loop, &run->inputs[0]);
  fl_view_loop_add (&loop, &run->outputs[0]);
  fl_strided_loop_run_rows (&loop, run->pool, p->function->cost + 1, true, p->function->backward,
                            &p->numbers);
}

#define ACTIVATION(name, rule)                                                                     \
  {                                                                                                \
    .type = name, .min_inputs = 1, .max_inputs = 1, .layout = FL_LAYOUT_FOLLOW, .prepare = rule,   \
    .forward = forward, .backward = backward                                                       \
  }

static const FlOperatorRecord records[] = {
  ACTIVATION ("Relu", prepare_plain),       ACTIVATION ("LeakyRelu", prepare_leaky_relu),
  ACTIVATION ("Elu", prepare_elu),          ACTIVATION ("Sigmoid", prepare_plain),
  ACTIVATION ("Tanh", prepare_plain),       ACTIVATION ("HardSigmoid", prepare_hard_sigmoid),
  ACTIVATION ("HardSwish", prepare_plain),  ACTIVATION ("Softplus", prepare_plain),
  ACTIVATION ("Erf", prepare_plain),        ACTIVATION ("Gelu", prepare_gelu),
  ACTIVATION ("Clip", prepare_clip),        ACTIVATION ("Sqrt", prepare_plain),
  ACTIVATION ("Neg", prepare_plain),        ACTIVATION ("Exp", prepare_plain),
  ACTIVATION ("Log", prepare_plain),        ACTIVATION ("Abs", prepare_plain),
  ACTIVATION ("Reciprocal", prepare_plain),
};

const FlOperatorRecord *
fl_activation_records (int *n)
{
  *n = G_N_ELEMENTS (records);
  return records;
}
