/*
 * The test cases that come with ONNX itself (Debian package libonnx-testdata): small models with
 * inputs and expected outputs. Each is read in several ways: with all inputs known, so that
 * everything is computed while reading, and with one of its float inputs left open, so that a graph
 * is made and run. Cases that need what is not supported must say so; all others must give the
 * expected numbers.
 */

#include "engine/core/error.h"
#include "engine/formats/onnx-import.h"
#include "engine/graph/execution.h"
#include "engine/graph/plan.h"

#include <math.h>
#include <string.h>

#define CASES "/usr/share/libonnx-testdata/data"

/* Of the largest element expected: float sums in another order, and functions of the C library. */
#define TOLERANCE 1e-5

/* How many runs agreed when this was written: with all inputs known, and with one left open. What
 * falls below has lost an operator. */
#define LEAST_KNOWN 591
#define LEAST_OPEN 577

typedef struct
{
  FlOnnxDocument *model;
  GHashTable *inputs;   /* name -> FlOnnxConstant */
  GPtrArray *expected;  /* FlOnnxConstant */
  GPtrArray *documents; /* of the tensors, which stay mapped */
} Case;

static void
case_free (Case *one)
{
  g_clear_pointer (&one->model, fl_onnx_document_free);
  g_clear_pointer (&one->inputs, g_hash_table_unref);
  g_clear_pointer (&one->expected, g_ptr_array_unref);
  g_clear_pointer (&one->documents, g_ptr_array_unref);
  g_free (one);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

/* One tensor of a case, NULL where there is none or it is of a type that is not read (text, a
 * sequence). */
static FlOnnxConstant *
load_tensor (Case *one, const char *folder, const char *kind, guint index)
{
  g_autofree char *name = g_strdup_printf ("%s_%u.pb", kind, index);
  g_autofree char *path = g_build_filename (folder, "test_data_set_0", name, NULL);
  g_autoptr (GBytes) bytes = fl_onnx_map_file (path, NULL);
  FlOnnxDocument *document;

  if (bytes == NULL)
    return NULL;
  document = fl_onnx_document_new_for_tensor (bytes, path, NULL);
  if (document == NULL)
    return NULL;
  g_ptr_array_add (one->documents, document);
  return fl_onnx_tensor_read (document, document->model->graph->initializer[0], name, NULL);
}

/* Some cases of bfloat16 hold the bits as numbers of another type. */
static gboolean
is_of_declared_type (const FlOnnxConstant *constant, const FlOnnx__ValueInfo *info)
{
  return constant != NULL && (int) constant->type == info->type->tensor_type->elem_type;
}

/* Cases of operators that are older than the oldest set that is read, and did not change in it. */
static void
raise_operator_set (FlOnnx__Model *model)
{
  for (gsize i = 0; i < model->n_opset_import; i++)
    if (model->opset_import[i]->domain == NULL || model->opset_import[i]->domain[0] == '\0')
      model->opset_import[i]->version = MAX (model->opset_import[i]->version, 7);
}

static gboolean
is_tensor (const FlOnnx__ValueInfo *info)
{
  return info->type != NULL && info->type->tensor_type != NULL
         && info->type->tensor_type->elem_type != FL_ONNX_STRING;
}

/* NULL where the case is not about tensors of numbers. */
static Case *
case_load (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);
  g_autoptr (Case) one = g_new0 (Case, 1);
  g_autoptr (GError) error = NULL;
  const FlOnnx__Graph *graph;
  guint n_given = 0;

  one->inputs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify) fl_onnx_constant_unref);
  one->expected = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_onnx_constant_unref);
  one->documents = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_onnx_document_free);
  one->model = fl_onnx_document_open (path, &error);
  g_assert_no_error (error);
  graph = one->model->model->graph;
  raise_operator_set (one->model->model);

  for (gsize i = 0; i < graph->n_input; i++)
    {
      FlOnnxConstant *constant;
      gboolean initialised = FALSE;

      for (gsize k = 0; k < graph->n_initializer; k++)
        initialised
            = initialised || g_strcmp0 (graph->initializer[k]->name, graph->input[i]->name) == 0;
      if (initialised)
        continue;
      if (!is_tensor (graph->input[i]))
        return NULL;
      constant = load_tensor (one, folder, "input", n_given++);
      if (constant == NULL)
        return NULL;
      g_hash_table_insert (one->inputs, graph->input[i]->name, constant);
      if (!is_of_declared_type (constant, graph->input[i]))
        return NULL;
    }
  for (gsize i = 0; i < graph->n_output; i++)
    {
      FlOnnxConstant *constant;

      if (!is_tensor (graph->output[i]))
        return NULL;
      constant = load_tensor (one, folder, "output", (guint) i);
      if (constant == NULL)
        return NULL;
      g_ptr_array_add (one->expected, constant);
      if (!is_of_declared_type (constant, graph->output[i]))
        return NULL;
    }
  return g_steal_pointer (&one);
}

/* Floats within the tolerance, everything else exactly. */
static void
assert_agree (const char *what, const FlOnnxConstant *expected, gsize n, const float *floats,
              const FlOnnxConstant *constant)
{
  double largest = 0;

  g_assert_cmpuint (n, ==, expected->size);
  for (gsize i = 0; i < n; i++)
    if (isfinite (fl_onnx_constant_number (expected, i)))
      largest = MAX (largest, fabs (fl_onnx_constant_number (expected, i)));
  for (gsize i = 0; i < n; i++)
    {
      double wanted = fl_onnx_constant_number (expected, i);
      double met = floats != NULL ? (double) floats[i] : fl_onnx_constant_number (constant, i);

      if (isnan (wanted) ? !isnan (met)
          : isinf (wanted) || !fl_onnx_type_is_float (expected->type)
              ? met != wanted
              : !(fabs (met - wanted) <= TOLERANCE * largest))
        {
          g_test_message ("%s: element %" G_GSIZE_FORMAT " is %.9g, expected %.9g", what, i, met,
                          wanted);
          g_test_fail ();
          return;
        }
    }
}

static void
run_graph (const char *what, FlGraph *graph, FlOnnxConstant *input, const FlOnnxConstant *expected,
           FlPool *pool)
{
  g_autoptr (FlPlan) plan = fl_plan_new (graph, FL_PLAN_FORWARD_ONLY);
  g_autoptr (FlExecution) execution = fl_execution_new (plan, pool);
  g_autoptr (FlTensor) tensor = fl_onnx_constant_to_tensor (input);
  g_autoptr (GError) error = NULL;

  fl_execution_forward (execution, tensor, NULL, &error);
  g_assert_no_error (error);
  assert_agree (what, expected, (gsize) fl_graph_n_classes (graph), fl_execution_logits (execution),
                NULL);
}

/* Runs a case with input @open left open (NULL: none). Returns whether it is supported. */
static gboolean
run_case (const char *name, Case *one, const char *open, int output, FlPool *pool)
{
  g_autofree char *what
      = g_strdup_printf ("%s, output %d, %s open", name, output, open != NULL ? open : "nothing");
  FlOnnxImportOptions options = { .any_shape = TRUE, .output = output };
  FlOnnxImportResult result = { 0 };
  const FlOnnxConstant *expected = g_ptr_array_index (one->expected, output);
  g_autoptr (GHashTable) constants = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  GHashTableIter all;
  gpointer key, value;

  g_hash_table_iter_init (&all, one->inputs);
  while (g_hash_table_iter_next (&all, &key, &value))
    if (g_strcmp0 (key, open) != 0)
      g_hash_table_insert (constants, key, value);
  options.constants = constants;

  if (!fl_onnx_import (one->model, &options, &result, &error))
    {
      if (!g_error_matches (error, FL_ERROR, FL_ERROR_UNSUPPORTED))
        g_test_fail ();
      g_test_message ("%s: %s", what, error->message);
      return FALSE;
    }
  if (result.graph != NULL)
    run_graph (what, result.graph, g_hash_table_lookup (one->inputs, open), expected, pool);
  else
    {
      g_assert_cmpint (result.constant->rank, ==, expected->rank);
      g_assert_cmpmem (result.constant->shape, (gsize) expected->rank * sizeof (gint64),
                       expected->shape, (gsize) expected->rank * sizeof (gint64));
      assert_agree (what, expected, result.constant->size, NULL, result.constant);
    }
  fl_onnx_import_result_clear (&result);
  return TRUE;
}

static void
for_each_case (void (*func) (const char *name, Case *one, gpointer data), gpointer data)
{
  static const char *const families[]
      = { "node", "simple", "pytorch-operator", "pytorch-converted" };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autofree char *family = g_build_filename (CASES, families[i], NULL);
      g_autoptr (GDir) folder = g_dir_open (family, 0, NULL);
      const char *name;

      while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
        {
          g_autofree char *path = g_build_filename (family, name, NULL);
          g_autoptr (Case) one = case_load (path);

          if (one != NULL)
            func (name, one, data);
        }
    }
}

typedef struct
{
  FlPool *pool;
  int n_agreed;
} Count;

static void
run_known (const char *name, Case *one, gpointer data)
{
  Count *count = data;

  for (guint i = 0; i < one->expected->len; i++)
    count->n_agreed += run_case (name, one, NULL, (int) i, count->pool);
}

static void
run_open (const char *name, Case *one, gpointer data)
{
  Count *count = data;
  const FlOnnx__Graph *graph = one->model->model->graph;

  for (gsize k = 0; k < graph->n_input; k++)
    {
      const FlOnnxConstant *given = g_hash_table_lookup (one->inputs, graph->input[k]->name);

      for (guint i = 0; i < one->expected->len; i++)
        {
          const FlOnnxConstant *expected = g_ptr_array_index (one->expected, i);

          /* No value of a graph is empty. */
          if (given != NULL && given->type == FL_ONNX_FLOAT && expected->size > 0)
            count->n_agreed += run_case (name, one, graph->input[k]->name, (int) i, count->pool);
        }
    }
}

static gboolean
have_cases (void)
{
  if (g_file_test (CASES, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_test_skip ("the package libonnx-testdata is not installed");
  return FALSE;
}

static void
test_known (void)
{
  Count count = { 0 };

  if (!have_cases ())
    return;
  count.pool = fl_pool_new (1);
  for_each_case (run_known, &count);
  fl_pool_free (count.pool);
  g_test_message ("%d agreed", count.n_agreed);
  g_assert_cmpint (count.n_agreed, >=, LEAST_KNOWN);
}

static void
test_open (void)
{
  Count count = { 0 };

  if (!have_cases ())
    return;
  count.pool = fl_pool_new (1);
  for_each_case (run_open, &count);
  fl_pool_free (count.pool);
  g_test_message ("%d agreed", count.n_agreed);
  g_assert_cmpint (count.n_agreed, >=, LEAST_OPEN);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/onnx-node-cases/inputs-known", test_known);
  g_test_add_func ("/formats/onnx-node-cases/one-input-open", test_open);
  return g_test_run ();
}
