#include <math.h>

#include "engine/graph/execution.h"
#include "tests/support/network-script.h"
#include "tests/support/operator-checks.h"

static const FlOperatorCase functions[] = {
  { "relu", "Relu(x:1x3x4x5)" },
  { "relu-large", "Relu(x:1x32x40x41)", FL_CHECK_NO_DIFFERENCES },
  { "relu-vector", "Relu(x:1x7)" },
  { "relu-of-a-transpose", "t = Transpose(x:1x3x4x5) perm=[0,3,1,2]; Relu(t)" },
  { "leaky-relu", "LeakyRelu(x:1x3x4x5) alpha=0.2" },
  { "leaky-relu-default", "LeakyRelu(x:1x3x4x5)" },
  { "elu", "Elu(x:1x3x4x5~wide)" },
  { "elu-alpha", "Elu(x:1x3x4x5) alpha=0.3" },
  { "sigmoid", "Sigmoid(x:1x3x4x5~wide)" },
  { "tanh", "Tanh(x:1x3x4x5)" },
  { "tanh-wide", "Tanh(x:1x3x4x5~wide)" },
  { "hard-sigmoid", "HardSigmoid(x:1x3x4x5~wide)" },
  { "hard-sigmoid-as-exported", "HardSigmoid(x:1x3x4x5~wide) alpha=0.16666667 beta=0.5" },
  { "hard-swish", "HardSwish(x:1x3x4x5~wide)" },
  { "softplus", "Softplus(x:1x3x4x5~wide)" },
  { "erf", "Erf(x:1x3x4x5)" },
  { "erf-wide", "Erf(x:1x3x4x5~wide)" },
  { "gelu", "Gelu(x:1x3x4x5~wide)" },
  { "gelu-tanh", "Gelu(x:1x3x4x5~wide) approximate=tanh" },
  { "clip", "Clip(x:1x3x4x5) min=-0.53 max=1.07" },
  { "clip-below", "Clip(x:1x3x4x5) min=0.31" },
  { "clip-above", "Clip(x:1x3x4x5) max=0.31" },
  { "clip-free", "Clip(x:1x3x4x5)", FL_CHECK_LINEAR },
  { "sqrt", "Sqrt(x:1x3x4x5~positive)" },
  { "neg", "Neg(x:1x3x4x5)", FL_CHECK_LINEAR },
  { "exp", "Exp(x:1x3x4x5)" },
  { "log", "Log(x:1x3x4x5~positive)" },
  { "abs", "Abs(x:1x3x4x5)" },
  { "reciprocal", "Reciprocal(x:1x3x4x5~positive)" },
};

static const FlOperatorCase arithmetic[] = {
  { "add", "Add(x:1x3x4x5, b:1x3x4x5)", FL_CHECK_LINEAR },
  { "add-channels", "Add(x:1x3x4x5, b:3x1x1)", FL_CHECK_LINEAR },
  { "add-columns", "Add(b:5, x:1x3x4x5)", FL_CHECK_LINEAR },
  { "add-rows", "Add(x:1x3x4x5, b:1x1x4x1)", FL_CHECK_LINEAR },
  { "add-scalar", "Add(x:1x3x4x5, b:scalar)", FL_CHECK_LINEAR },
  { "add-to-itself", "Add(x:1x3x4x5, x)", FL_CHECK_LINEAR },
  { "add-larger-constant", "Add(x:1x3x1x5, b:1x3x4x1)", FL_CHECK_LINEAR },
  { "add-more-axes", "Add(x:1x3, b:2x4x1x3)", FL_CHECK_LINEAR },
  { "add-large", "Add(x:1x32x40x41, b:32x1x1)", FL_CHECK_LINEAR | FL_CHECK_FEW_DIFFERENCES },
  { "add-many-channels", "Add(x:1x300x2x3, b:300x1x1)",
    FL_CHECK_LINEAR | FL_CHECK_FEW_DIFFERENCES },
  { "sub", "Sub(x:1x3x4x5, b:3x1x1)", FL_CHECK_LINEAR },
  { "sub-from-constant", "Sub(b:3x1x1, x:1x3x4x5)", FL_CHECK_LINEAR },
  { "sub-from-scalar", "Sub(one=1.0, x:1x3x4x5)", FL_CHECK_LINEAR },
  { "mul", "Mul(x:1x3x4x5, b:1x3x4x5)", FL_CHECK_LINEAR },
  { "mul-channels", "Mul(b:1x3x1x1, x:1x3x4x5)", FL_CHECK_LINEAR },
  { "mul-scalar", "Mul(x:1x3x4x5, b:scalar)", FL_CHECK_LINEAR },
  { "mul-square", "Mul(x:1x3x4x5, x)" },
  { "mul-gate", "g = GlobalAveragePool(x:1x6x5x4); s = Sigmoid(g); Mul(x, s)" },
  { "mul-gate-large", "g = GlobalAveragePool(x:1x40x30x31); s = Sigmoid(g); Mul(s, x)",
    FL_CHECK_FEW_DIFFERENCES },
  { "mul-outer", "r = ReduceMean(x:1x3x4x5) axes=[2]; c = ReduceMean(x) axes=[3]; Mul(r, c)" },
  { "mul-odd-strides", "t = Transpose(x:1x3x4x5) perm=[0,2,3,1]; Mul(t, b:1x4x5x3)" },
  { "mul-silu", "s = Sigmoid(x:1x3x4x5~wide); Mul(x, s)" },
  { "div", "Div(x:1x3x4x5, b:1x3x4x5~positive)", FL_CHECK_LINEAR },
  { "div-channels", "Div(x:1x3x4x5, b:3x1x1~positive)", FL_CHECK_LINEAR },
  { "div-scalar", "Div(x:1x3x4x5, b:scalar~positive)", FL_CHECK_LINEAR },
  { "div-by-input", "Div(b:3x1x1, x:1x3x4x5~positive)" },
  { "div-by-mean", "m = ReduceMean(x:1x3x4x5~positive) axes=[1]; Div(x, m)" },
  { "pow-square", "Pow(x:1x3x4x5, b=2.0)", FL_CHECK_NO_DIFFERENCES },
  { "pow-square-positive", "Pow(x:1x3x4x5~positive, b=2.0)" },
  { "pow-half", "Pow(x:1x3x4x5~positive, b=0.5)" },
  { "pow-cube", "Pow(x:1x3x4x5~positive, b=3.0)" },
  { "pow-fraction", "Pow(x:1x3x4x5~positive, b:3x1x1)" },
  { "pow-negative", "Pow(x:1x3x4x5~positive, b=-1.5)" },
  { "pow-of-constant", "Pow(b:1x3x1x1~positive, x:1x3x4x5)" },
  { "layer-norm",
    "t = Transpose(x:1x6x3x4) perm=[0,2,3,1]; m = ReduceMean(t) axes=[-1]; "
    "d = Sub(t, m); q = Pow(d, two=2.0); v = ReduceMean(q) axes=[-1]; "
    "e = Add(v, epsilon=0.00001); r = Sqrt(e); n = Div(d, r); s = Mul(n, w:6); "
    "a = Add(s, b:6); Transpose(a) perm=[0,3,1,2]",
    FL_CHECK_NO_DIFFERENCES },
  { "layer-norm-product", "t = Transpose(x:1x6x3x4) perm=[0,2,3,1]; m = ReduceMean(t) axes=[-1]; "
                          "d = Sub(t, m); q = Mul(d, d); v = ReduceMean(q) axes=[-1]; "
                          "e = Add(v, epsilon=0.00001); r = Sqrt(e); n = Div(d, r); "
                          "s = Mul(n, w:6); a = Add(s, b:6); Transpose(a) perm=[0,3,1,2]" },
};

static const FlOperatorErrorCase errors[] = {
  { "Add(x:1x3x4x5, b:4x1x1)", "Add 'node': shapes 1x3x4x5 and 4x1x1 do not fit one another" },
  { "Mul(x:1x1, b:0)", "empty" },
  { "Gelu(x:1x3) approximate=quick", "approximate is 'quick', expected none or tanh" },
};

static void
test_errors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    fl_operator_error_case_check (&errors[i]);
}

/* Derivatives where there is no slope are those of PyTorch; values far out do not overflow. */
typedef struct
{
  const char *script;
  float x;
  float value;
  float slope;
} Kink;

static const Kink kinks[] = {
  { "Relu(x:1x1)", 0, 0, 0 },
  { "LeakyRelu(x:1x1) alpha=0.25", 0, 0, 0.25F },
  { "Clip(x:1x1) min=-1.0 max=6.0", -1, -1, 1 },
  { "Clip(x:1x1) min=-1.0 max=6.0", 6, 6, 1 },
  { "Clip(x:1x1) min=-1.0 max=6.0", 6.5F, 6, 0 },
  { "HardSwish(x:1x1)", -3, 0, -0.5F },
  { "HardSwish(x:1x1)", 3, 3, 1.5F },
  { "HardSwish(x:1x1)", 100, 100, 1 },
  { "HardSigmoid(x:1x1) alpha=0.25 beta=0.5", 2, 1, 0 },
  { "HardSigmoid(x:1x1) alpha=0.25 beta=0.5", -2, 0, 0 },
  { "Abs(x:1x1)", 0, 0, 0 },
  { "Softplus(x:1x1)", 1000, 1000, 1 },
  { "Softplus(x:1x1)", -1000, 0, 0 },
  { "Sigmoid(x:1x1)", 1000, 1, 0 },
  { "Sigmoid(x:1x1)", -1000, 0, 0 },
  { "Tanh(x:1x1)", -1000, -1, 0 },
  { "Erf(x:1x1)", 1000, 1, 0 },
  { "Elu(x:1x1)", -1000, -1, 0 },
  { "Pow(x:1x1, b=0.0)", 0, 1, 0 },
  { "Pow(x:1x1, b=2.0)", -3, 9, -6 },
};

static void
test_kinks (void)
{
  FlPool *pool = fl_pool_new (1);

  for (gsize i = 0; i < G_N_ELEMENTS (kinks); i++)
    {
      const Kink *kink = &kinks[i];
      const float one = 1;
      g_autoptr (FlNetworkScript) script = fl_network_script_new (kink->script);
      g_autoptr (FlGraph) graph = fl_network_script_build (script, NULL);
      g_autoptr (FlPlan) plan = fl_plan_new (graph, FL_PLAN_KEEP);
      g_autoptr (FlExecution) execution = fl_execution_new (plan, pool);
      g_autoptr (FlTensor) x = fl_tensor_new_from_data (2, (gint64[]){ 1, 1 }, &kink->x);
      g_autoptr (FlGradients) gradients = NULL;

      g_assert_true (fl_execution_forward (execution, x, NULL, NULL));
      g_assert_cmpfloat (fl_execution_logits (execution)[0], ==, kink->value);
      gradients = fl_execution_backward (execution, &one, FL_GRADIENT_INPUT, NULL, NULL);
      g_assert_cmpfloat (fl_tensor_data (gradients->input)[0], ==, kink->slope);
    }
  fl_pool_free (pool);
}

/* What is not a number must show, not vanish in a comparison. */
static void
test_not_a_number (void)
{
  static const char *const scripts[] = {
    "Relu(x:1x1)",
    "LeakyRelu(x:1x1)",
    "Clip(x:1x1) min=0.0 max=6.0",
    "HardSwish(x:1x1)",
    "Sigmoid(x:1x1)",
    "Tanh(x:1x1)",
    "Erf(x:1x1)",
    "Exp(x:1x1)",
    "HardSigmoid(x:1x1)",
    "Softplus(x:1x1)",
    "Gelu(x:1x1)",
    "MaxPool(x:1x1x1x2) kernel_shape=[1,2]",
    "r = Reshape(x:1x1) shape=[1,1]; Softmax(r)",
  };
  FlPool *pool = fl_pool_new (1);

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (FlNetworkScript) script = fl_network_script_new (scripts[i]);
      g_autoptr (FlGraph) graph = fl_network_script_build (script, NULL);
      g_autoptr (FlPlan) plan = fl_plan_new (graph, FL_PLAN_KEEP);
      g_autoptr (FlExecution) execution = fl_execution_new (plan, pool);
      FlNaiveArray *input = script->tensors->pdata[script->input];
      g_autoptr (FlTensor) x = NULL;

      input->data[0] = NAN;
      x = fl_network_script_tensor (input);
      g_assert_true (fl_execution_forward (execution, x, NULL, NULL));
      g_assert_true (isnan (fl_execution_logits (execution)[0]));
    }
  fl_pool_free (pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fl_operator_cases_add ("element-wise-operators", G_N_ELEMENTS (functions), functions);
  fl_operator_cases_add ("element-wise-operators", G_N_ELEMENTS (arithmetic), arithmetic);
  g_test_add_func ("/graph/element-wise-operators/errors", test_errors);
  g_test_add_func ("/graph/element-wise-operators/kinks", test_kinks);
  g_test_add_func ("/graph/element-wise-operators/not-a-number", test_not_a_number);
  return g_test_run ();
}
