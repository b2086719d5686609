#include "tests/support/operator-checks.h"

#include <math.h>
#include <string.h>

#include "engine/core/error.h"
#include "engine/core/random.h"
#include "engine/graph/execution.h"
#include "tests/support/network-script.h"
#include "tests/support/test-data.h"

/* A few float32 roundings of sums of some hundred terms, relative to the largest entry. */
#define FORWARD_TOLERANCE 1e-5

/* Float32 gradients, which pass through rounded values of the forward pass. */
#define GRADIENT_TOLERANCE 1e-4

/* Both sides of the adjoint identity are float32 results summed in double. */
#define ADJOINT_TOLERANCE 1e-5

/* Central differences in double: errors of h^2 and of 1e-16 / h are both below 1e-9. */
#define STEP 1e-6

#define FEW_ENTRIES 12
#define MANY_ENTRIES 60

/* What one run of the engine gives. */
typedef struct
{
  gint64 n_logits;
  float *logits; /* owned */
  FlGradients *gradients;
  FlGraph *graph;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_free (outcome->logits);
  g_clear_pointer (&outcome->gradients, fl_gradients_free);
  g_clear_pointer (&outcome->graph, fl_graph_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static float *
random_weights (gint64 n)
{
  g_autoptr (FlRandom) random = fl_random_new (99);
  float *weights = g_new (float, n);

  for (gint64 i = 0; i < n; i++)
    weights[i] = (float) fl_random_normal (random);
  return weights;
}

/* @input: instead of the script's, nullable. */
static Outcome
run_engine (const FlNetworkScript *script, const FlNaiveArray *input, const float *logit_gradient,
            FlPlanKind kind, int n_workers)
{
  g_autoptr (GError) error = NULL;
  Outcome outcome = { .graph = fl_network_script_build (script, &error) };
  FlPool *pool = fl_pool_new (n_workers);
  g_autoptr (FlTensor) x
      = fl_network_script_tensor (input != NULL ? input : script->tensors->pdata[script->input]);
  g_autoptr (FlPlan) plan = NULL;
  FlExecution *execution = NULL;

  g_assert_no_error (error);
  plan = fl_plan_new (outcome.graph, kind);
  execution = fl_execution_new (plan, pool);
  fl_execution_forward (execution, x, NULL, &error);
  g_assert_no_error (error);
  outcome.n_logits = fl_graph_n_classes (outcome.graph);
  outcome.logits
      = g_memdup2 (fl_execution_logits (execution), (gsize) outcome.n_logits * sizeof (float));
  if (logit_gradient != NULL)
    {
      outcome.gradients = fl_execution_backward (
          execution, logit_gradient, FL_GRADIENT_INPUT | FL_GRADIENT_WEIGHTS, NULL, &error);
      g_assert_no_error (error);
    }
  fl_execution_free (execution);
  fl_pool_free (pool);
  return outcome;
}

static double
largest_entry (gint64 n, const double *x)
{
  double most = 0;

  for (gint64 i = 0; i < n; i++)
    most = fmax (most, fabs (x[i]));
  return most;
}

static void
check_forward (const char *name, const FlNaiveArray *expected, const Outcome *outcome)
{
  double scale = largest_entry (expected->count, expected->data);

  g_assert_cmpint (outcome->n_logits, ==, expected->count);
  for (gint64 i = 0; i < expected->count; i++)
    {
      double error = fabs (outcome->logits[i] - expected->data[i]);

      if (!(error <= FORWARD_TOLERANCE * scale))
        g_error ("%s: entry %" G_GINT64_FORMAT " is %.9g, expected %.9g", name, i,
                 outcome->logits[i], expected->data[i]);
    }
}

static double
weighted_sum (const FlNetworkScript *script, const float *weights)
{
  g_autoptr (FlNaiveArray) y = fl_network_script_compute (script);
  double sum = 0;

  for (gint64 i = 0; i < y->count; i++)
    sum += weights[i] * y->data[i];
  return sum;
}

/* The gradient with respect to one declared tensor against central differences at some entries. */
static void
check_gradient (const char *name, const FlNetworkScript *script, int value, const float *weights,
                const FlTensor *gradient, int max_entries)
{
  FlNaiveArray *tensor = script->tensors->pdata[value];
  g_autoptr (FlRandom) random = fl_random_new (7);
  guint n = (guint) MIN (tensor->count, max_entries);
  g_autofree guint *chosen = g_new (guint, n);
  double scale = 0;

  g_assert_cmpint (fl_tensor_size (gradient), ==, tensor->count);
  for (gint64 i = 0; i < tensor->count; i++)
    scale = fmax (scale, fabs (fl_tensor_data (gradient)[i]));
  fl_random_choose (random, n, (guint) tensor->count, chosen);
  for (guint i = 0; i < n; i++)
    {
      double *entry = &tensor->data[chosen[i]];
      double kept = *entry;
      double above = 0, expected = 0, met = fl_tensor_data (gradient)[chosen[i]];

      *entry = kept + STEP;
      above = weighted_sum (script, weights);
      *entry = kept - STEP;
      expected = (above - weighted_sum (script, weights)) / (2 * STEP);
      *entry = kept;
      if (!(fabs (met - expected) <= GRADIENT_TOLERANCE * fmax (scale, fabs (expected))))
        g_error ("%s: gradient of '%s' at entry %u is %.9g, expected %.9g", name,
                 (const char *) script->names->pdata[value], chosen[i], met, expected);
    }
}

static const FlTensor *
weight_gradient (const Outcome *outcome, const char *name)
{
  for (int i = 0; i < fl_graph_n_weights (outcome->graph); i++)
    if (strcmp (fl_graph_weight_name (outcome->graph, i), name) == 0)
      return outcome->gradients->weights->pdata[i];
  g_error ("no weight '%s'", name);
}

static void
check_gradients (const FlOperatorCase *c, const FlNetworkScript *script, const float *weights,
                 const Outcome *outcome)
{
  int n = (c->flags & FL_CHECK_FEW_DIFFERENCES) != 0 ? FEW_ENTRIES : MANY_ENTRIES;

  for (guint i = 0; i < script->names->len; i++)
    {
      const char *name = script->names->pdata[i];
      const FlTensor *gradient = NULL;

      if (script->tensors->pdata[i] == NULL)
        continue;
      gradient
          = (int) i == script->input ? outcome->gradients->input : weight_gradient (outcome, name);
      /* Running statistics are measured, not trained. */
      if (strcmp (name, "mean") == 0 || strcmp (name, "variance") == 0)
        g_assert_null (gradient);
      else
        check_gradient (c->name, script, (int) i, weights, gradient, n);
    }
}

/* <J x, y> = <x, J' y>, where J x = f (x) - f (0). */
static void
check_adjoint (const FlOperatorCase *c, const FlNetworkScript *script, const float *weights,
               const Outcome *outcome)
{
  const FlNaiveArray *x = script->tensors->pdata[script->input];
  g_autoptr (FlNaiveArray) zero = fl_naive_array_new (x->rank, x->size);
  g_auto (Outcome) offset = run_engine (script, zero, NULL, FL_PLAN_KEEP, 1);
  const float *gradient = fl_tensor_data (outcome->gradients->input);
  double left = 0, right = 0, scale = 0;

  for (gint64 i = 0; i < outcome->n_logits; i++)
    {
      double jx = (double) outcome->logits[i] - offset.logits[i];

      left += jx * weights[i];
      scale += fabs (jx * weights[i]);
    }
  for (gint64 i = 0; i < x->count; i++)
    right += x->data[i] * gradient[i];
  if (!(fabs (left - right) <= ADJOINT_TOLERANCE * scale))
    g_error ("%s: <Jx,y> is %.9g, <x,J'y> is %.9g", c->name, left, right);
}

static void
check_same_bytes (const FlNetworkScript *script, const float *weights, const Outcome *outcome)
{
  static const int n_workers[] = { 2, 5 };
  g_auto (Outcome) forward_only = run_engine (script, NULL, NULL, FL_PLAN_FORWARD_ONLY, 1);
  gsize n = (gsize) outcome->n_logits * sizeof (float);

  g_assert_cmpmem (forward_only.logits, n, outcome->logits, n);
  for (gsize i = 0; i < G_N_ELEMENTS (n_workers); i++)
    {
      g_auto (Outcome) other = run_engine (script, NULL, weights, FL_PLAN_KEEP, n_workers[i]);
      FlTensor *a = other.gradients->input;
      FlTensor *b = outcome->gradients->input;

      g_assert_cmpmem (other.logits, n, outcome->logits, n);
      g_assert_cmpmem (fl_tensor_data (a), fl_tensor_size (a) * sizeof (float), fl_tensor_data (b),
                       fl_tensor_size (b) * sizeof (float));
      for (guint j = 0; j < other.gradients->weights->len; j++)
        {
          a = other.gradients->weights->pdata[j];
          b = outcome->gradients->weights->pdata[j];
          if (a != NULL)
            g_assert_cmpmem (fl_tensor_data (a), fl_tensor_size (a) * sizeof (float),
                             fl_tensor_data (b), fl_tensor_size (b) * sizeof (float));
        }
    }
}

void
fl_operator_case_check (const FlOperatorCase *operator_case)
{
  g_autoptr (FlNetworkScript) script = fl_network_script_new (operator_case->script);
  g_autoptr (FlNaiveArray) expected = fl_network_script_compute (script);
  g_autofree float *weights = random_weights (expected->count);
  g_auto (Outcome) outcome = run_engine (script, NULL, weights, FL_PLAN_KEEP, 1);

  check_forward (operator_case->name, expected, &outcome);
  if ((operator_case->flags & FL_CHECK_NO_DIFFERENCES) == 0)
    check_gradients (operator_case, script, weights, &outcome);
  if ((operator_case->flags & FL_CHECK_LINEAR) != 0)
    check_adjoint (operator_case, script, weights, &outcome);
  check_same_bytes (script, weights, &outcome);
}

static void
run_case (gconstpointer data)
{
  fl_operator_case_check (data);
}

void
fl_operator_cases_add (const char *module, int n_cases, const FlOperatorCase *cases)
{
  for (int i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strdup_printf ("/graph/%s/%s", module, cases[i].name);

      g_test_add_data_func (path, &cases[i], run_case);
    }
}

void
fl_operator_error_case_check (const FlOperatorErrorCase *error_case)
{
  g_autoptr (FlNetworkScript) script = fl_network_script_new (error_case->script);
  g_autoptr (GError) error = NULL;
  FlGraph *graph = fl_network_script_build (script, &error);

  g_assert_null (graph);
  g_assert_cmpuint (error->domain, ==, FL_ERROR);
  g_assert_true (fl_test_error_is_clear (error));
  if (strstr (error->message, error_case->message) == NULL)
    g_error ("%s: the error is \"%s\", expected \"...%s...\"", error_case->script, error->message,
             error_case->message);
}
