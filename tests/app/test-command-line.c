#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "engine/formats/csv-reader.h"
#include "tests/app/program-run.h"
#include "tests/support/test-data.h"

#define BOOT "ankle-boot-23.png"

typedef struct
{
  char *folder; /* of this test alone */
  char *network;
  char *boot;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("faultline-test-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->network = fl_program_run_network ();
  fixture->boot = fl_program_run_sample (BOOT);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->network);
  g_free (fixture->boot);
}

/* A file of the test's folder. */
static char *
write_file (const Fixture *fixture, const char *name, const void *content, gsize length)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (fixture->folder, name, NULL);

  g_file_set_contents (path, content, (gssize) length, &error);
  g_assert_no_error (error);
  return path;
}

static char *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *content = NULL;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  return content;
}

/* The first @numerator / @denominator of a file, as a file of its own. */
static char *
cut_file (const Fixture *fixture, const char *path, const char *name, int numerator,
          int denominator)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  return write_file (fixture, name, content, length * (gsize) numerator / (gsize) denominator);
}

static void
test_help (void)
{
  static const char *const commands[]
      = { "info", "predict", "profile", "ablate", "bench", "story" };
  g_autoptr (FlProgramRun) help = fl_program_run_words ("--help");
  g_autoptr (FlProgramRun) version = fl_program_run_words ("--version");

  fl_program_run_assert_done (help);
  fl_program_run_assert_done (version);
  g_assert_true (
      g_regex_match_simple ("^faultline [0-9]+\\.[0-9]+\\.[0-9]+\n$", version->output, 0, 0));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (FlProgramRun) run = fl_program_run_words (commands[i], "--help");

      fl_program_run_assert_done (run);
      g_assert_nonnull (strstr (help->output, commands[i]));
      g_assert_nonnull (strstr (run->output, commands[i]));
      g_assert_nonnull (strstr (run->output, "--model"));
      g_assert_nonnull (strstr (run->output, "--threads"));
    }
}

static void
test_usage (Fixture *fixture, gconstpointer data)
{
  const char *const lines[][8] = {
    { "predict" },
    { "predict", "--model", fixture->network },
    { "predict", fixture->boot },
    { "predict", "--model", fixture->network, "--top", "0", fixture->boot },
    { "predict", "--model", fixture->network, "--top", "some", fixture->boot },
    { "predict", "--model", fixture->network, "--format", "xml", fixture->boot },
    { "predict", "--model", fixture->network, "--threads", "0", fixture->boot },
    { "predict", "--model", fixture->network, "--threads", "-2", fixture->boot },
    { "predict", "--model", fixture->network, "--label", "3", fixture->boot },
    { "profile", "--model", fixture->network, "--nonsense", fixture->boot },
    { "profile", "--model", fixture->network, fixture->boot, fixture->boot },
    { "profile", "--model", fixture->network, fixture->boot, "--label" },
    { "ablate", "--model", fixture->network, fixture->boot },
    { "ablate", "--model", fixture->network, "--off", "stem", fixture->boot },
    { "ablate", "--model", fixture->network, "--off", "stem:5-3", fixture->boot },
    { "ablate", "--model", fixture->network, "--off", "", fixture->boot },
    { "ablate", "--off", "stem:0", "--model", fixture->network, "--mode=half", fixture->boot },
    { "info", "--model", fixture->network, fixture->boot },
    { "bench", "--model", fixture->network, "--csv", "--format", "json" },
    { "frobnicate" },
    { "--frobnicate" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (FlProgramRun) run = fl_program_run (lines[i]);

      fl_program_run_assert_failed (run, 2);
    }
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  g_autofree char *half_network = cut_file (fixture, fixture->network, "half.onnx", 1, 2);
  g_autofree char *half_picture = cut_file (fixture, fixture->boot, "half.png", 1, 2);
  g_autofree char *half_array = NULL;
  g_autofree char *array = fl_test_data_path ("golden/fashion-23/input_float32.npy");
  g_autofree char *other_array = fl_test_data_path ("golden/cifar10-0/input_float32.npy");
  g_autofree char *text = write_file (fixture, "text.jpg", "no picture", 10);
  g_autofree char *empty = write_file (fixture, "empty.onnx", "", 0);
  g_autofree char *missing = g_build_filename (fixture->folder, "missing", NULL);
  const char *lines[][8] = {
    { "info", "--model", missing },
    { "info", "--model", half_network },
    { "info", "--model", empty },
    { "info", "--model", fixture->boot },
    { "info", "--model", fixture->folder },
    { "predict", "--model", fixture->network, missing },
    { "predict", "--model", fixture->network, half_picture },
    { "predict", "--model", fixture->network, NULL },
    { "predict", "--model", fixture->network, other_array },
    { "predict", "--model", fixture->network, text },
    { "predict", "--model", fixture->network, fixture->boot, missing },
    { "profile", "--model", fixture->network, "--label", "10", fixture->boot },
    { "profile", "--model", fixture->network, "--label", "-1", fixture->boot },
    { "profile", "--model", fixture->network, "--label", "99999999999999999999", fixture->boot },
    { "profile", "--model", fixture->network, "--label", "Zeppelin", fixture->boot },
    { "ablate", "--model", fixture->network, "--off", "stem:16", fixture->boot },
    { "ablate", "--model", fixture->network, "--off", "stem:0,root:0", fixture->boot },
  };

  half_array = cut_file (fixture, array, "half.npy", 1, 2);
  lines[7][3] = half_array;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (FlProgramRun) run = fl_program_run (lines[i]);

      fl_program_run_assert_failed (run, 1);
    }
}

static void
test_info (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FlProgramRun) run = fl_program_run_words ("info", "--model", fixture->network);
  const char *wanted = "layer,filters,filter_size,stride,output_height,output_width,parameters,"
                       "multiply_adds\n"
                       "stem,16,9,1,28,28,144,112896\n"
                       "stage1.conv1,16,144,1,28,28,2304,1806336\n"
                       "stage1.conv2,16,144,1,28,28,2304,1806336\n"
                       "stage2.conv1,32,144,2,14,14,4608,903168\n"
                       "stage2.conv2,32,288,1,14,14,9216,1806336\n"
                       "stage2.shortcut,32,16,2,14,14,512,100352\n"
                       "stage3.conv1,64,288,2,7,7,18432,903168\n"
                       "stage3.conv2,64,576,1,7,7,36864,1806336\n"
                       "stage3.shortcut,64,32,2,7,7,2048,100352\n";

  fl_program_run_assert_done (run);
  g_assert_cmpstr (run->output, ==, wanted);
  g_assert_nonnull (strstr (run->messages, "336 filters"));
  g_assert_nonnull (strstr (run->messages, "77562 parameters"));
}

static void
test_predict (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other = fl_program_run_sample ("bag-18.png");
  g_autoptr (FlProgramRun) one
      = fl_program_run_words ("predict", "--model", fixture->network, "--top", "2", fixture->boot);
  g_autoptr (FlProgramRun) several
      = fl_program_run_words ("predict", "--model", fixture->network, other, fixture->boot);
  g_autofree char *label = NULL;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;
  guint n;

  fl_program_run_assert_done (one);
  fl_program_run_assert_done (several);
  g_assert_cmpstr (one->messages, ==, "");
  g_assert_true (g_str_has_prefix (one->output, "class,label,logit,probability\n5,Sandal,"));
  label = fl_program_run_cell (one, 1, "label");
  g_assert_cmpstr (label, ==, "Ankle boot");
  g_free (fl_program_run_numbers (one, "probability", &n));
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (g_str_has_prefix (several->output, "input,class,label,logit,probability\n"));
  g_free (fl_program_run_numbers (several, "class", &n));
  g_assert_cmpuint (n, ==, 10);
  first = fl_program_run_cell (several, 0, "input");
  last = fl_program_run_cell (several, 9, "input");
  g_assert_cmpstr (first, ==, other);
  g_assert_cmpstr (last, ==, fixture->boot);
}

static void
test_label (Fixture *fixture, gconstpointer data)
{
  const char *base[] = { "profile", "--model", fixture->network, fixture->boot, NULL, NULL, NULL };
  g_autoptr (FlProgramRun) predicted = fl_program_run (base);
  g_autoptr (FlProgramRun) number = NULL;
  g_autoptr (FlProgramRun) name = NULL;
  g_autoptr (FlProgramRun) sandal = NULL;

  base[4] = "--label";
  base[5] = "9";
  number = fl_program_run (base);
  base[5] = "ankle BOOT";
  name = fl_program_run (base);
  base[5] = "5";
  sandal = fl_program_run (base);
  fl_program_run_assert_done (predicted);
  fl_program_run_assert_done (name);
  g_assert_cmpstr (number->output, ==, name->output);
  g_assert_cmpstr (predicted->output, ==, sandal->output);
  g_assert_cmpstr (predicted->output, !=, number->output);
  /* That the true class was not given is said, and nothing is said where it was. */
  g_assert_nonnull (strstr (predicted->messages, "Sandal"));
  g_assert_cmpstr (number->messages, ==, "");
}

static void
test_off (Fixture *fixture, gconstpointer data)
{
  const char *const offs[][2] = {
    { "stem:2-4,stage3.conv1:7", "stage3.conv1:7,stem:4,stem:3,stem:2,stem:3" },
    { "stage2.shortcut:*", "stage2.shortcut:0-31" },
  };
  g_autoptr (FlProgramRun) weights = NULL;
  g_autoptr (FlProgramRun) silent = NULL;
  g_autoptr (FlProgramRun) repeated = NULL;
  g_autofree double *before = NULL;
  g_autofree double *after = NULL;
  guint n;
  gboolean changed = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (offs); i++)
    {
      g_autoptr (FlProgramRun) a = fl_program_run_words ("ablate", "--model", fixture->network,
                                                         "--off", offs[i][0], fixture->boot);
      g_autoptr (FlProgramRun) b = fl_program_run_words ("ablate", "--model", fixture->network,
                                                         "--off", offs[i][1], fixture->boot);

      fl_program_run_assert_done (a);
      g_assert_cmpstr (a->output, ==, b->output);
    }
  weights = fl_program_run_words ("ablate", "--model", fixture->network, "--mode", "weights",
                                  "--off", "stem:2", "--off", "stem:3", fixture->boot);
  repeated = fl_program_run_words ("ablate", "--model", fixture->network, "--off", "stem:2,stem:3",
                                   fixture->boot);
  silent = fl_program_run_words ("ablate", "--model", fixture->network, "--mode", "silent", "--off",
                                 "stem:2-3", fixture->boot);
  fl_program_run_assert_done (weights);
  fl_program_run_assert_done (silent);
  g_assert_cmpstr (weights->output, ==, repeated->output);
  g_assert_cmpstr (weights->output, !=, silent->output);
  before = fl_program_run_numbers (weights, "logit_before", &n);
  after = fl_program_run_numbers (weights, "logit_after", &n);
  for (guint i = 0; i < n; i++)
    changed = changed || before[i] != after[i];
  g_assert_true (changed);
}

/* Every cell of the CSV output stands in the JSON output, under its name and with its value. */
static void
assert_same_table (const FlProgramRun *csv, const FlProgramRun *json)
{
  g_autoptr (GPtrArray) rows = fl_program_run_rows (csv);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  const FlCsvRow *names = g_ptr_array_index (rows, 0);
  JsonArray *array;

  json_parser_load_from_data (parser, json->output, -1, &error);
  g_assert_no_error (error);
  array = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (array), ==, rows->len - 1);
  for (guint i = 1; i < rows->len; i++)
    {
      const FlCsvRow *row = g_ptr_array_index (rows, i);
      JsonObject *object = json_array_get_object_element (array, i - 1);

      g_assert_cmpuint (json_object_get_size (object), ==, g_strv_length (names->cells));
      for (guint k = 0; names->cells[k] != NULL; k++)
        {
          JsonNode *node = json_object_get_member (object, names->cells[k]);

          g_assert_nonnull (node);
          if (json_node_get_value_type (node) == G_TYPE_STRING)
            g_assert_cmpstr (json_node_get_string (node), ==, row->cells[k]);
          else
            g_assert_cmpfloat (json_node_get_double (node), ==,
                               g_ascii_strtod (row->cells[k], NULL));
        }
    }
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  const char *const lines[][8] = {
    { "info", "--model", fixture->network },
    { "predict", "--model", fixture->network, fixture->boot, fixture->boot },
    { "profile", "--model", fixture->network, "--label", "9", fixture->boot },
    { "ablate", "--model", fixture->network, "--off", "stem:1", fixture->boot },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GPtrArray) words = g_ptr_array_new ();
      g_autoptr (FlProgramRun) csv = fl_program_run (lines[i]);
      g_autoptr (FlProgramRun) json = NULL;

      for (int k = 0; lines[i][k] != NULL; k++)
        g_ptr_array_add (words, (gpointer) lines[i][k]);
      g_ptr_array_add (words, (gpointer) "--format=json");
      g_ptr_array_add (words, NULL);
      json = fl_program_run ((const char *const *) words->pdata);
      fl_program_run_assert_done (csv);
      fl_program_run_assert_done (json);
      assert_same_table (csv, json);
    }
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  static const char *const counts[] = { "1", "2", "5" };
  g_autoptr (FlProgramRun) profile = NULL;
  g_autoptr (FlProgramRun) ablate = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (FlProgramRun) first
          = fl_program_run_words ("profile", "--model", fixture->network, "--label", "9",
                                  "--threads", counts[i], fixture->boot);
      g_autoptr (FlProgramRun) second
          = fl_program_run_words ("ablate", "--model", fixture->network, "--off", "stage1.conv1:3",
                                  "--threads", counts[i], fixture->boot);

      fl_program_run_assert_done (first);
      fl_program_run_assert_done (second);
      if (profile != NULL)
        {
          g_assert_cmpstr (first->output, ==, profile->output);
          g_assert_cmpstr (second->output, ==, ablate->output);
        }
      else
        {
          profile = g_steal_pointer (&first);
          ablate = g_steal_pointer (&second);
        }
    }
}

static void
test_locale (Fixture *fixture, gconstpointer data)
{
  const char *const words[]
      = { "profile", "--model", fixture->network, "--label", "9", fixture->boot, NULL };
  g_autoptr (FlProgramRun) plain = fl_program_run_with (words, "LC_ALL", "C");
  g_autoptr (FlProgramRun) comma = NULL;

  if (setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("there is no locale de_DE.UTF-8");
      return;
    }
  setlocale (LC_NUMERIC, "C");
  comma = fl_program_run_with (words, "LC_ALL", "de_DE.UTF-8");
  fl_program_run_assert_done (plain);
  fl_program_run_assert_done (comma);
  g_assert_cmpstr (plain->output, ==, comma->output);
}

static void
test_output (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "table.csv", NULL);
  g_autofree char *nowhere = g_build_filename (fixture->folder, "no", "table.csv", NULL);
  g_autofree char *written = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (FlProgramRun) shown = fl_program_run_words ("predict", "--model", fixture->network,
                                                         "--output", "-", fixture->boot);
  g_autoptr (FlProgramRun) stored = fl_program_run_words ("predict", "--model", fixture->network,
                                                          "--output", path, fixture->boot);
  g_autoptr (FlProgramRun) broken = NULL;
  g_autoptr (FlProgramRun) lost = NULL;
  g_autoptr (FlProgramRun) full = NULL;

  fl_program_run_assert_done (shown);
  fl_program_run_assert_done (stored);
  g_assert_cmpstr (stored->output, ==, "");
  written = read_file (path);
  g_assert_cmpstr (written, ==, shown->output);

  /* What failed leaves the file as it was. */
  broken = fl_program_run_words ("predict", "--model", fixture->network, "--output", path,
                                 fixture->network);
  fl_program_run_assert_failed (broken, 1);
  kept = read_file (path);
  g_assert_cmpstr (kept, ==, written);
  lost = fl_program_run_words ("predict", "--model", fixture->network, "--output", nowhere,
                               fixture->boot);
  fl_program_run_assert_failed (lost, 1);
  if (g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      full = fl_program_run_words ("predict", "--model", fixture->network, "--output", "/dev/full",
                                   fixture->boot);
      fl_program_run_assert_failed (full, 1);
      g_assert_true (g_file_test ("/dev/full", G_FILE_TEST_EXISTS));
    }
}

/* A name like an option comes after "--"; one with a line break still makes one line. */
static void
test_odd_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *odd = g_build_filename (fixture->folder, "no\nsuch\nfile.png", NULL);
  g_autoptr (FlProgramRun) dashed
      = fl_program_run_words ("predict", "--model", fixture->network, "--", fixture->boot);
  g_autoptr (FlProgramRun) missing
      = fl_program_run_words ("predict", "--model", fixture->network, "--", "--top");
  g_autoptr (FlProgramRun) broken
      = fl_program_run_words ("predict", "--model", fixture->network, odd);

  fl_program_run_assert_done (dashed);
  fl_program_run_assert_failed (missing, 1);
  fl_program_run_assert_failed (broken, 1);
}

static void
test_bench (Fixture *fixture, gconstpointer data)
{
  static const char *const measures[]
      = { "load", "forward", "profile", "input-gradient", "toggle-25", "toggle-50", "toggle-75" };
  g_autoptr (FlProgramRun) run
      = fl_program_run_words ("bench", "--model", fixture->network, "--threads", "1", "--csv");
  g_autofree double *smallest = NULL;
  g_autofree double *median = NULL;
  g_autofree double *runs = NULL;
  guint n;

  fl_program_run_assert_done (run);
  g_assert_true (g_str_has_prefix (run->output, "measure,min_ms,median_ms,runs\n"));
  smallest = fl_program_run_numbers (run, "min_ms", &n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (measures));
  median = fl_program_run_numbers (run, "median_ms", &n);
  runs = fl_program_run_numbers (run, "runs", &n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *measure = fl_program_run_cell (run, i, "measure");

      g_assert_cmpstr (measure, ==, measures[i]);
      g_assert_cmpfloat (smallest[i], >=, 0.0);
      g_assert_cmpfloat (median[i], >=, smallest[i]);
      g_assert_cmpfloat (runs[i], >=, 5.0);
    }
}

static void
test_story (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FlProgramRun) run = fl_program_run_words ("story");
  g_autoptr (FlProgramRun) named = fl_program_run_words ("story", fixture->network, fixture->boot);
  g_autoptr (FlProgramRun) lost = fl_program_run_words ("story", fixture->network);
  static const char *const parts[] = {
    "336 filters",
    BOOT,
    "True class: Ankle boot.",
    "Sandal            0.919",
    "Ankle boot        0.057",
    "A mistake: Ankle boot is taken for Sandal.",
    "2. The 10 most salient filters",
    "3. What switching them off does",
  };

  fl_program_run_assert_done (run);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (run->output, parts[i]) == NULL)
      g_error ("'%s' is missing in: %s", parts[i], run->output);
  fl_program_run_assert_done (named);
  g_assert_cmpstr (named->output, ==, run->output);
  fl_program_run_assert_failed (lost, 1);
}

#define add(name, function)                                                                        \
  g_test_add ("/app/command-line/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/command-line/help", test_help);
  add ("usage", test_usage);
  add ("failures", test_failures);
  add ("info", test_info);
  add ("predict", test_predict);
  add ("label", test_label);
  add ("off", test_off);
  add ("json", test_json);
  add ("threads", test_threads);
  add ("locale", test_locale);
  add ("output", test_output);
  add ("odd-names", test_odd_names);
  add ("bench", test_bench);
  add ("story", test_story);
  return g_test_run ();
}
