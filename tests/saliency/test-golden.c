/*
 * Whole networks against an independent float64 implementation (PyTorch): logits, profiles, and the
 * logits with the five filters of the largest z-score zeroed.
 */

#include <math.h>
#include <string.h>

#include "engine/core/error.h"
#include "engine/formats/csv-reader.h"
#include "engine/formats/input-tensor.h"
#include "engine/formats/model-card.h"
#include "engine/formats/npy.h"
#include "engine/formats/onnx-reader.h"
#include "engine/graph/execution.h"
#include "engine/saliency/prediction.h"
#include "engine/saliency/profile.h"
#include "tests/support/test-data.h"

/* Of the largest entry: float32 products of a few hundred terms over twenty layers. */
#define TOLERANCE 1e-5

/* Where 1 - p = 4e-9 the logits' own rounding, 1e-7 of 20, changes the gradient by 2e-6 a layer. */
#define TOLERANCE_CONFIDENT 1e-4

typedef struct
{
  const char *name;    /* borrowed from the table */
  const char *network; /* file name */
  int label;
  int predicted;
  FlTensor *input;   /* owned */
  FlGraph *graph;    /* owned */
  FlModelCard *card; /* owned */
} Case;

static void
case_clear (Case *c)
{
  fl_tensor_unref (c->input);
  fl_graph_unref (c->graph);
  fl_model_card_unref (c->card);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

static char *
network_path (const char *network)
{
  g_autofree char *bundled = g_strdup_printf ("../../assets/networks/%s", network);
  g_autofree char *path = fl_test_data_path (bundled);
  g_autofree char *own = g_strdup_printf ("networks/%s", network);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : fl_test_data_path (own);
}

static char *
case_path (const Case *c, const char *file)
{
  g_autofree char *name = g_strdup_printf ("golden/%s/%s", c->name, file);

  return fl_test_data_path (name);
}

static double *
case_doubles (const Case *c, const char *file, int n)
{
  g_autofree char *path = case_path (c, file);
  g_autoptr (GError) error = NULL;
  gint64 shape[FL_TENSOR_MAX_RANK];
  int rank = 0;
  double *values = fl_npy_load_doubles (path, &rank, shape, &error);

  g_assert_no_error (error);
  g_assert_cmpint (rank, ==, 1);
  g_assert_cmpint (shape[0], ==, n);
  return values;
}

static void
case_open (Case *c, const FlCsvRow *row)
{
  g_autofree char *model = NULL;
  g_autofree char *card = NULL;
  g_autofree char *input = NULL;
  g_autoptr (GError) error = NULL;

  c->name = row->cells[0];
  c->network = row->cells[1];
  c->label = atoi (row->cells[2]);
  c->predicted = atoi (row->cells[3]);
  model = network_path (c->network);
  card = fl_model_card_path_for_model (model);
  input = case_path (c, "input_float32.npy");
  c->graph = fl_onnx_load (model, 0, 0, NULL, &error);
  g_assert_no_error (error);
  c->card = fl_model_card_load (card, &error);
  g_assert_no_error (error);
  c->input = fl_npy_load (input, &error);
  g_assert_no_error (error);
}

/* Runs `check` on every case of the table. */
static void
for_each_case (gconstpointer data)
{
  void (*check) (const Case *c) = (void (*) (const Case *)) data;
  g_autoptr (GBytes) bytes = fl_test_data_bytes ("golden/cases.csv");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = fl_csv_parse (bytes, "cases.csv", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 8);
  for (guint i = 1; i < rows->len; i++)
    {
      g_auto (Case) c = { 0 };

      case_open (&c, rows->pdata[i]);
      g_test_message ("%s", c.name);
      check (&c);
    }
}

static double
largest (const double *values, int n)
{
  double result = 0;

  for (int i = 0; i < n; i++)
    result = fmax (result, fabs (values[i]));
  return result;
}

static void
assert_logits (const FlExecution *execution, const double *expected)
{
  int n = fl_graph_n_classes (fl_execution_graph (execution));
  double epsilon = TOLERANCE * largest (expected, n);

  for (int i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (fl_execution_logits (execution)[i], expected[i], epsilon);
}

static FlExecution *
run_forward (const Case *c, FlPlanKind kind, FlPool *pool)
{
  g_autoptr (FlPlan) plan = fl_plan_new (c->graph, kind);
  g_autoptr (GError) error = NULL;
  FlExecution *execution = fl_execution_new (plan, pool);

  fl_execution_forward (execution, c->input, NULL, &error);
  g_assert_no_error (error);
  return execution;
}

/* Both plans give the stored logits, and each other's bytes. */
static void
check_logits (const Case *c)
{
  FlPool *pool = fl_pool_new (2);
  int n = fl_graph_n_classes (c->graph);
  g_autofree double *expected = case_doubles (c, "logits.npy", n);
  g_autoptr (FlExecution) keep = run_forward (c, FL_PLAN_KEEP, pool);
  g_autoptr (FlExecution) reuse = run_forward (c, FL_PLAN_FORWARD_ONLY, pool);
  g_autoptr (FlPrediction) prediction = fl_prediction_new (n, fl_execution_logits (keep));

  assert_logits (keep, expected);
  g_assert_cmpmem (fl_execution_logits (keep), sizeof (float) * n, fl_execution_logits (reuse),
                   sizeof (float) * n);
  g_assert_cmpint (prediction->order[0], ==, c->predicted);
  fl_pool_free (pool);
}

/* The stored profile, and the same bytes of everything at 1, 2 and 5 threads. */
static void
check_profile (const Case *c)
{
  const int threads[] = { 1, 2, 5 };
  int n = fl_graph_n_filters (c->graph);
  double tolerance = strcmp (c->name, "cifar10-0-confident") == 0 ? TOLERANCE_CONFIDENT : TOLERANCE;
  g_autofree double *expected = case_doubles (c, "profile.npy", n);
  g_autoptr (FlProfile) first = NULL;

  for (gsize t = 0; t < G_N_ELEMENTS (threads); t++)
    {
      FlPool *pool = fl_pool_new (threads[t]);
      g_autoptr (FlExecution) execution = run_forward (c, FL_PLAN_KEEP, pool);
      g_autoptr (GError) error = NULL;
      g_autoptr (FlProfile) profile = fl_profile_compute (execution, c->label, NULL, &error);

      g_assert_no_error (error);
      for (int i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon (profile->saliency[i], expected[i],
                                        tolerance * largest (expected, n));
      if (first == NULL)
        first = fl_profile_ref (profile);
      g_assert_cmpmem (first->saliency, sizeof (double) * n, profile->saliency,
                       sizeof (double) * n);
      fl_pool_free (pool);
    }
}

/* Zeroing the listed filters gives the stored logits; taking the edits back gives the first bytes.
 */
static void
check_zeroed (const Case *c)
{
  FlPool *pool = fl_pool_new (2);
  int n = fl_graph_n_classes (c->graph);
  g_autoptr (FlExecution) execution = run_forward (c, FL_PLAN_KEEP, pool);
  g_autofree float *before = g_memdup2 (fl_execution_logits (execution), sizeof (float) * n);
  g_autofree double *worst = case_doubles (c, "worst_filters.npy", 5);
  g_autofree double *expected = case_doubles (c, "logits_zeroed_worst5.npy", n);
  g_autoptr (FlEditList) list = NULL;
  g_autoptr (GError) error = NULL;
  FlEdit edits[5] = { 0 };

  for (int i = 0; i < 5; i++)
    edits[i] = (FlEdit){ .filter = (int) worst[i], .kind = FL_EDIT_WEIGHTS };
  list = fl_edit_list_new (c->graph, 5, edits, &error);
  g_assert_no_error (error);
  fl_execution_forward_from (execution, fl_execution_set_edits (execution, list), NULL, &error);
  g_assert_no_error (error);
  assert_logits (execution, expected);
  fl_execution_forward_from (execution, fl_execution_set_edits (execution, NULL), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (fl_execution_logits (execution), sizeof (float) * n, before, sizeof (float) * n);
  fl_pool_free (pool);
}

static void
check_names (const Case *c)
{
  g_autofree char *stem = g_strndup (c->network, strlen (c->network) - strlen (".onnx"));
  g_autofree char *name = g_strdup_printf ("golden/%s-layers.csv", stem);
  g_autoptr (GBytes) bytes = fl_test_data_bytes (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = fl_csv_parse (bytes, name, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fl_graph_n_layers (c->graph), ==, (int) rows->len - 1);
  for (guint i = 1; i < rows->len; i++)
    {
      const FlCsvRow *row = rows->pdata[i];
      const FlLayer *layer = fl_graph_layer (c->graph, (int) i - 1);

      g_assert_cmpstr (layer->name, ==, row->cells[0]);
      g_assert_cmpint (layer->n_filters, ==, atoi (row->cells[1]));
    }
}

/* The picture, prepared as the card says, is the stored input bit for bit. */
static void
check_preparation (const Case *c)
{
  g_autofree char *path = case_path (c, "image.png");
  g_autoptr (GError) error = NULL;
  g_autoptr (FlTensor) input = fl_input_tensor_load (path, fl_model_card_preparation (c->card),
                                                     fl_tensor_shape (c->input)[1], NULL, &error);
  gsize size = fl_tensor_size (c->input) * sizeof (float);

  g_assert_no_error (error);
  g_assert_cmpmem (fl_tensor_data (input), fl_tensor_size (input) * sizeof (float),
                   fl_tensor_data (c->input), size);
}

static void
check_label_range (const Case *c)
{
  FlPool *pool = fl_pool_new (1);
  g_autoptr (FlExecution) execution = run_forward (c, FL_PLAN_KEEP, pool);
  const int labels[] = { -1, 10 };

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fl_profile_compute (execution, labels[i], NULL, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
    }
  fl_pool_free (pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/saliency/golden/names", check_names, for_each_case);
  g_test_add_data_func ("/saliency/golden/preparation", check_preparation, for_each_case);
  g_test_add_data_func ("/saliency/golden/logits", check_logits, for_each_case);
  g_test_add_data_func ("/saliency/golden/profile", check_profile, for_each_case);
  g_test_add_data_func ("/saliency/golden/zeroed", check_zeroed, for_each_case);
  g_test_add_data_func ("/saliency/golden/label-range", check_label_range, for_each_case);
  return g_test_run ();
}
