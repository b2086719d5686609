#include "app/model-file.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/core/error.h"
#include "tests/support/test-data.h"

/* A folder with a copy of the bundled network, for cards of all sorts to lie beside. */
typedef struct
{
  char *folder;
  char *model;
  char *card;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *network = fl_test_data_path ("../../assets/networks/fashion-resnet8.onnx");
  g_autoptr (GFile) source = g_file_new_for_path (network);
  g_autoptr (GFile) target = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("faultline-test-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->model = g_build_filename (fixture->folder, "net.onnx", NULL);
  fixture->card = g_build_filename (fixture->folder, "net.json", NULL);
  target = g_file_new_for_path (fixture->model);
  g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->card);
  g_unlink (fixture->model);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->model);
  g_free (fixture->card);
}

static FlModel *
load (const Fixture *fixture, const char *card, GError **error)
{
  g_autoptr (GError) met = NULL;

  if (card != NULL)
    g_file_set_contents (fixture->card, card, -1, &met);
  g_assert_no_error (met);
  return fl_model_load (fixture->model, error);
}

static void
test_without_card (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlModel) model = load (fixture, NULL, &error);
  const FlInputPreparation *preparation;

  g_assert_no_error (error);
  preparation = fl_model_preparation (model);
  g_assert_cmpint (preparation->width, ==, 28);
  g_assert_cmpint (preparation->height, ==, 28);
  g_assert_cmpint (preparation->channels, ==, FL_CHANNELS_GREY);
  g_assert_cmpfloat (preparation->scale, ==, 1.0 / 255.0);
  g_assert_cmpstr (fl_model_name (model), ==, "net.onnx");
  g_assert_cmpstr (fl_model_label (model, 7), ==, "7");
  g_assert_cmpint (g_strv_length ((GStrv) fl_model_labels (model)), ==, 10);
  /* What was assumed is said: the preparation, and that there are no names. */
  g_assert_cmpint (g_strv_length ((GStrv) fl_model_notes (model)), ==, 2);
  g_assert_nonnull (strstr (fl_model_notes (model)[0], "net.json"));
}

static void
test_with_card (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlModel) model = load (
      fixture,
      "{\"faultline_card\": 1, \"name\": \"Clothes\","
      " \"labels\": [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"3\", \"i\", \"j\"],"
      " \"input\": {\"width\": 28, \"height\": 28, \"channels\": \"grey\", \"mean\": [0.5]}}",
      &error);
  int class = -1;

  g_assert_no_error (error);
  g_assert_cmpstr (fl_model_name (model), ==, "Clothes");
  g_assert_cmpstr (fl_model_path (model), ==, fixture->model);
  g_assert_cmpfloat (fl_model_preparation (model)->mean[0], ==, 0.5);
  g_assert_null (fl_model_notes (model)[0]);
  g_assert_true (fl_model_find_label (model, "J", &class, &error));
  g_assert_cmpint (class, ==, 9);
  /* A number is a number, even where a class is called like it. */
  g_assert_true (fl_model_find_label (model, "3", &class, &error));
  g_assert_cmpint (class, ==, 3);
}

static void
test_find_label_refuses (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "10", "-1", "k", "", "99999999999999999999999", "\xff" };
  g_autoptr (GError) error = NULL;
  g_autoptr (FlModel) model = load (fixture, NULL, &error);
  int class = 5;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) met = NULL;

      g_assert_false (fl_model_find_label (model, texts[i], &class, &met));
      g_assert_error (met, FL_ERROR, FL_ERROR_RANGE);
      g_assert_true (fl_test_error_is_clear (met));
      g_assert_cmpint (class, ==, 5);
    }
}

static void
test_disagreement (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *card;
    FlError code;
  } rows[] = {
    { "{\"faultline_card\": 1, \"labels\": [\"a\", \"b\"]}", FL_ERROR_SHAPE },
    { "{\"faultline_card\": 1, \"input\": {\"width\": 32, \"height\": 28}}", FL_ERROR_SHAPE },
    { "{\"faultline_card\": 1, \"input\": {\"width\": 28, \"height\": 28, \"channels\": \"RGB\"}}",
      FL_ERROR_SHAPE },
    { "{\"faultline_card\": 1,", FL_ERROR_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlModel) model = load (fixture, rows[i].card, &error);

      g_assert_null (model);
      g_assert_error (error, FL_ERROR, (int) rows[i].code);
      g_assert_true (fl_test_error_is_clear (error));
      g_assert_nonnull (strstr (error->message, "net.json"));
    }
}

/* A card without names or size: what it does not say is assumed and noted. */
static void
test_partial_card (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlModel) model = load (fixture, "{\"faultline_card\": 1, \"name\": \"Some\"}", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fl_model_name (model), ==, "Some");
  g_assert_cmpint (fl_model_preparation (model)->width, ==, 28);
  g_assert_cmpint (g_strv_length ((GStrv) fl_model_notes (model)), ==, 2);
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlModel) model = fl_model_load ("/nonexistent/net.onnx", &error);

  g_assert_null (model);
  g_assert_true (fl_test_error_is_clear (error));
  g_assert_nonnull (strstr (error->message, "net.onnx"));
}

#define add(name, function)                                                                        \
  g_test_add ("/app/model-file/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("without-card", test_without_card);
  add ("with-card", test_with_card);
  add ("partial-card", test_partial_card);
  add ("find-label-refuses", test_find_label_refuses);
  add ("disagreement", test_disagreement);
  g_test_add_func ("/app/model-file/missing", test_missing);
  return g_test_run ();
}
