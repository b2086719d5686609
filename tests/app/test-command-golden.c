/*
 * The numbers that the program prints, against an independent float64 implementation (PyTorch).
 */

#include <math.h>

#include "engine/formats/csv-reader.h"
#include "engine/formats/number-text.h"
#include "engine/formats/npy.h"
#include "tests/app/program-run.h"
#include "tests/support/test-data.h"

/* Of the largest entry: float32 products of a few hundred terms over twenty layers. */
#define TOLERANCE 1e-5

/* Where 1 - p = 4e-9 the rounding of the logits themselves shows in the gradient. */
#define TOLERANCE_CONFIDENT 1e-4

#define N_WORST 5

typedef struct
{
  const char *name;
  const char *network; /* without ".onnx" */
  const char *label;
  double tolerance; /* of the profile */
} Case;

static const Case cases[] = {
  { "fashion-23", "fashion-resnet8", "9", TOLERANCE },
  { "fashion-25", "fashion-resnet8", "4", TOLERANCE },
  { "fashion-29", "fashion-resnet8", "3", TOLERANCE },
  { "fashion-0", "fashion-resnet8", "9", TOLERANCE },
  { "cifar10-0", "cifar10-resnet20", "5", TOLERANCE },
  { "cifar10-11", "cifar10-resnet20", "1", TOLERANCE },
  { "cifar10-0-confident", "cifar10-resnet20", "3", TOLERANCE_CONFIDENT },
};

static char *
network_path (const Case *c)
{
  g_autofree char *file = g_strdup_printf ("networks/%s.onnx", c->network);

  return g_str_has_prefix (c->network, "fashion") ? fl_program_run_network ()
                                                  : fl_test_data_path (file);
}

static char *
case_path (const Case *c, const char *file)
{
  g_autofree char *name = g_build_filename ("golden", c->name, file, NULL);

  return fl_test_data_path (name);
}

static double *
case_numbers (const Case *c, const char *file, guint n)
{
  g_autofree char *path = case_path (c, file);
  g_autoptr (GError) error = NULL;
  gint64 shape[FL_TENSOR_MAX_RANK];
  int rank;
  double *numbers = fl_npy_load_doubles (path, &rank, shape, &error);

  g_assert_no_error (error);
  g_assert_cmpint (rank, ==, 1);
  g_assert_cmpint (shape[0], ==, n);
  return numbers;
}

/* The layer and filter of each filter of the network, as they should be called. */
static GPtrArray *
filter_names (const Case *c)
{
  g_autofree char *name = g_strdup_printf ("golden/%s-layers.csv", c->network);
  g_autoptr (GBytes) bytes = fl_test_data_bytes (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = fl_csv_parse (bytes, name, &error);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  for (guint i = 1; i < rows->len; i++)
    {
      const FlCsvRow *row = g_ptr_array_index (rows, i);
      gint64 n;

      fl_number_text_parse_integer (row->cells[1], "filters", 1, 4096, &n, &error);
      g_assert_no_error (error);
      for (int k = 0; k < n; k++)
        g_ptr_array_add (names, g_strdup_printf ("%s:%d", row->cells[0], k));
    }
  return names;
}

static void
assert_close (const double *got, const double *wanted, guint n, double tolerance)
{
  double largest = 0.0;

  for (guint i = 0; i < n; i++)
    largest = MAX (largest, fabs (wanted[i]));
  g_assert_cmpfloat (largest, >, 0.0);
  for (guint i = 0; i < n; i++)
    if (!(fabs (got[i] - wanted[i]) <= tolerance * largest))
      g_error ("entry %u: %.9g, expected %.9g within %g of %g", i, got[i], wanted[i], tolerance,
               largest);
}

/* Rows of classes in any order: their numbers in the order of classes. */
static double *
by_class (const FlProgramRun *run, const char *column)
{
  guint n;
  g_autofree double *classes = fl_program_run_numbers (run, "class", &n);
  g_autofree double *numbers = fl_program_run_numbers (run, column, &n);
  double *ordered = g_new0 (double, n);

  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpfloat (classes[i], >=, 0.0);
      g_assert_cmpfloat (classes[i], <, n);
      ordered[(int) classes[i]] = numbers[i];
    }
  return ordered;
}

static void
test_predict (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *network = network_path (c);
  g_autofree char *input = case_path (c, "input_float32.npy");
  g_autoptr (FlProgramRun) run
      = fl_program_run_words ("predict", "--model", network, "--top", "all", input);
  g_autofree double *probabilities = NULL;
  g_autofree double *logits = NULL;
  g_autofree double *wanted = NULL;
  double sum = 0.0;
  guint n;

  fl_program_run_assert_done (run);
  probabilities = fl_program_run_numbers (run, "probability", &n);
  logits = by_class (run, "logit");
  wanted = case_numbers (c, "logits.npy", n);
  assert_close (logits, wanted, n, TOLERANCE);
  for (guint i = 0; i < n; i++)
    {
      sum += probabilities[i];
      g_assert_true (i == 0 || probabilities[i] <= probabilities[i - 1]);
    }
  g_assert_cmpfloat_with_epsilon (sum, 1.0, 1e-12);
}

static void
test_profile (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *network = network_path (c);
  g_autofree char *input = case_path (c, "input_float32.npy");
  g_autoptr (FlProgramRun) run
      = fl_program_run_words ("profile", "--model", network, "--label", c->label, input);
  g_autoptr (GPtrArray) names = filter_names (c);
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree double *saliency = NULL;
  g_autofree double *wanted = NULL;
  guint n;

  fl_program_run_assert_done (run);
  saliency = fl_program_run_numbers (run, "saliency", &n);
  g_assert_cmpuint (n, ==, names->len);
  rows = fl_program_run_rows (run);
  for (guint i = 0; i < n; i++)
    {
      const FlCsvRow *row = g_ptr_array_index (rows, i + 1);
      g_autofree char *name = g_strdup_printf ("%s:%s", row->cells[0], row->cells[1]);

      g_assert_cmpstr (name, ==, g_ptr_array_index (names, i));
    }
  wanted = case_numbers (c, "profile.npy", n);
  assert_close (saliency, wanted, n, c->tolerance);
}

static void
test_ablate (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *network = network_path (c);
  g_autofree char *input = case_path (c, "input_float32.npy");
  g_autoptr (GPtrArray) names = filter_names (c);
  g_autofree double *worst = case_numbers (c, "worst_filters.npy", N_WORST);
  g_autoptr (GString) off = g_string_new (NULL);
  g_autoptr (FlProgramRun) run = NULL;
  g_autofree double *before = NULL;
  g_autofree double *after = NULL;
  g_autofree double *wanted_before = NULL;
  g_autofree double *wanted_after = NULL;
  guint n;

  for (int i = 0; i < N_WORST; i++)
    g_string_append_printf (off, "%s%s", i > 0 ? "," : "",
                            (const char *) g_ptr_array_index (names, (guint) worst[i]));
  run = fl_program_run_words ("ablate", "--model", network, "--off", off->str, "--top", "all",
                              input);
  fl_program_run_assert_done (run);
  g_free (fl_program_run_numbers (run, "class", &n));
  before = by_class (run, "logit_before");
  after = by_class (run, "logit_after");
  wanted_before = case_numbers (c, "logits.npy", n);
  wanted_after = case_numbers (c, "logits_zeroed_worst5.npy", n);
  assert_close (before, wanted_before, n, TOLERANCE);
  assert_close (after, wanted_after, n, TOLERANCE);
}

/* A picture file leads to the same numbers as the array that was prepared from it elsewhere. */
static void
test_picture (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *network = network_path (c);
  g_autofree char *picture = case_path (c, "image.png");
  g_autoptr (FlProgramRun) run
      = fl_program_run_words ("predict", "--model", network, "--top", "all", picture);
  g_autofree double *logits = NULL;
  g_autofree double *wanted = NULL;
  guint n;

  fl_program_run_assert_done (run);
  g_free (fl_program_run_numbers (run, "class", &n));
  logits = by_class (run, "logit");
  wanted = case_numbers (c, "logits.npy", n);
  assert_close (logits, wanted, n, TOLERANCE);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "predict", test_predict },
    { "profile", test_profile },
    { "ablate", test_ablate },
    { "picture", test_picture },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint k = 0; k < G_N_ELEMENTS (tests); k++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autofree char *path
            = g_strdup_printf ("/app/command-golden/%s/%s", tests[k].name, cases[i].name);

        g_test_add_data_func (path, &cases[i], tests[k].func);
      }
  return g_test_run ();
}
