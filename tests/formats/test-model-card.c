#include "engine/core/error.h"
#include "engine/formats/model-card.h"
#include "tests/support/test-data.h"

#include <glib/gstdio.h>
#include <string.h>

static FlModelCard *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return fl_model_card_load_bytes (bytes, "x.json", error);
}

static FlModelCard *
load_complete (void)
{
  g_autofree char *path = fl_test_data_path ("cards/complete.json");
  g_autoptr (GError) error = NULL;
  FlModelCard *card = fl_model_card_load (path, &error);

  g_assert_no_error (error);
  return card;
}

static void
assert_complete (FlModelCard *card)
{
  const FlInputPreparation *preparation = fl_model_card_preparation (card);
  const double mean[] = { 1, 2.5, -3 };
  const double std[] = { 4, 0.5, 6 };
  g_autofree char *last = fl_model_card_label (card, 2);
  g_autofree char *beyond = fl_model_card_label (card, 3);

  g_assert_cmpstr (fl_model_card_name (card), ==, "A card with everything");
  g_assert_cmpstr (fl_model_card_licence (card), ==, "CC0-1.0");
  g_assert_cmpstr (fl_model_card_source (card), ==, "made up");
  g_assert_cmpint (fl_model_card_n_labels (card), ==, 3);
  g_assert_cmpstr (fl_model_card_labels (card)[1], ==, "dog, \"hot\"");
  g_assert_cmpstr (last, ==, "æble");
  g_assert_cmpstr (beyond, ==, "3");
  g_assert_cmpint (preparation->width, ==, 299);
  g_assert_cmpint (preparation->height, ==, 224);
  g_assert_cmpint (preparation->channels, ==, FL_CHANNELS_BGR);
  g_assert_cmpfloat (preparation->scale, ==, 0.5);
  for (int c = 0; c < 3; c++)
    {
      g_assert_cmpfloat (preparation->mean[c], ==, mean[c]);
      g_assert_cmpfloat (preparation->std[c], ==, std[c]);
    }
  g_assert_cmpint (preparation->rule, ==, FL_RESIZE_SHORT_SIDE);
  g_assert_cmpint (preparation->resize_size, ==, 256);
  g_assert_cmpint (preparation->resample, ==, FL_RESAMPLE_BICUBIC);
  g_assert_true (fl_model_card_has_input_size (card));
  g_assert_true (fl_model_card_has_channels (card));
  g_assert_false (fl_model_card_is_assumed (card));
}

static void
test_complete (void)
{
  g_autoptr (FlModelCard) card = load_complete ();

  assert_complete (card);
}

static void
test_save_and_load (void)
{
  g_autofree char *folder = g_dir_make_tmp ("faultline-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "m.json", NULL);
  g_autoptr (FlModelCard) card = load_complete ();
  g_autoptr (FlModelCard) again = NULL;
  g_autoptr (FlModelCard) assumed = fl_model_card_new_default (1, 28, 20);
  g_autoptr (FlModelCard) assumed_again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (fl_model_card_save (card, path, &error));
  again = fl_model_card_load (path, &error);
  g_assert_no_error (error);
  assert_complete (again);

  g_assert_true (fl_model_card_save (assumed, path, &error));
  assumed_again = fl_model_card_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_model_card_preparation (assumed_again)->channels, ==, FL_CHANNELS_GREY);
  g_assert_cmpfloat (fl_model_card_preparation (assumed_again)->scale, ==, 1. / 255.);
  g_assert_null (fl_model_card_labels (assumed_again));

  g_assert_false (fl_model_card_save (card, "/nowhere/at/all.json", &error));
  g_assert_true (fl_test_error_is_clear (error));
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_missing_members (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlModelCard) card = parse ("{\"input\": {\"width\": 30, \"height\": 20}}", &error);
  g_autoptr (FlModelCard) grey = NULL;
  g_autoptr (FlModelCard) colour = NULL;
  const FlInputPreparation *preparation;

  g_assert_no_error (error);
  g_assert_null (fl_model_card_name (card));
  g_assert_null (fl_model_card_labels (card));
  g_assert_false (fl_model_card_has_channels (card));
  preparation = fl_model_card_preparation (card);
  g_assert_cmpfloat (preparation->scale, ==, 1. / 255.);
  g_assert_cmpfloat (preparation->mean[2], ==, 0);
  g_assert_cmpfloat (preparation->std[2], ==, 1);
  g_assert_cmpint (preparation->rule, ==, FL_RESIZE_STRETCH);
  g_assert_cmpint (preparation->resize_size, ==, 30);

  grey = fl_model_card_fit (card, 1, 30, 20, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_model_card_preparation (grey)->channels, ==, FL_CHANNELS_GREY);
  colour = fl_model_card_fit (card, 3, 0, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fl_model_card_preparation (colour)->channels, ==, FL_CHANNELS_RGB);
  g_assert_cmpint (fl_model_card_preparation (colour)->width, ==, 30);
  g_assert_false (fl_model_card_is_assumed (colour));
}

/* The numbers say how many channels there are. */
static void
test_channels_counted (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlModelCard) card
      = parse ("{\"input\": {\"width\": 30, \"height\": 20, \"std\": [2]}}", &error);

  g_assert_no_error (error);
  g_assert_true (fl_model_card_has_channels (card));
  g_assert_cmpint (fl_model_card_preparation (card)->channels, ==, FL_CHANNELS_GREY);
}

/* A card that only names the classes: the rest is assumed as without a card. */
static void
test_labels_only (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlModelCard) card = parse ("{\"labels\": [\"a\\nb\", \"c\"]}", &error);
  g_autoptr (FlModelCard) fitted = NULL;

  g_assert_no_error (error);
  g_assert_false (fl_model_card_has_input_size (card));
  g_assert_cmpstr (fl_model_card_labels (card)[0], ==, "a b");
  fitted = fl_model_card_fit (card, 3, 224, 224, &error);
  g_assert_no_error (error);
  g_assert_true (fl_model_card_is_assumed (fitted));
  g_assert_cmpint (fl_model_card_preparation (fitted)->resize_size, ==, 256);
  g_assert_cmpint (fl_model_card_n_labels (fitted), ==, 2);
}

static void
test_fit_refuses (void)
{
  static const struct
  {
    const char *text;
    int n_channels;
    int width;
    int height;
  } cases[] = {
    { "{\"labels\": []}", 3, 0, 10 },
    { "{\"input\": {\"width\": 3, \"height\": 4, \"channels\": \"grey\"}}", 3, 3, 4 },
    { "{\"input\": {\"width\": 3, \"height\": 4, \"mean\": [1, 2, 3]}}", 1, 3, 4 },
    { "{\"input\": {\"width\": 3, \"height\": 4}}", 3, 4, 4 },
    { "{\"input\": {\"width\": 3, \"height\": 4}}", 3, 0, 5 },
    { "{\"input\": {\"width\": 3, \"height\": 4}}", 4, 3, 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FlModelCard) card = parse (cases[i].text, &error);

      g_assert_no_error (error);
      g_assert_null (
          fl_model_card_fit (card, cases[i].n_channels, cases[i].width, cases[i].height, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_SHAPE);
      g_assert_true (fl_test_error_is_clear (error));
    }
}

#define INPUT "\"width\": 3, \"height\": 4"

static void
test_refusals (void)
{
  static const struct
  {
    const char *text;
    int code;
    const char *message; /* its beginning */
  } cases[] = {
    { "", FL_ERROR_MALFORMED, "card 'x.json': " },
    { "[1]", FL_ERROR_MALFORMED, "card 'x.json': expected an object" },
    { "{", FL_ERROR_MALFORMED, "card 'x.json', line 1: " },
    { "{\"name\": \"\xff\"}", FL_ERROR_MALFORMED, "card 'x.json': not UTF-8" },
    { "{} // [", FL_ERROR_MALFORMED, "card 'x.json', line 1: " },
    { "{\n'name': 1}", FL_ERROR_MALFORMED, "card 'x.json', line 2: " },
    { "{\"name\": 5}", FL_ERROR_MALFORMED, "card 'x.json', name: a number, expected a text" },
    { "{\"faultline_card\": 2}", FL_ERROR_UNSUPPORTED, "card 'x.json', faultline_card: " },
    { "{\"labels\": \"a\"}", FL_ERROR_MALFORMED, "card 'x.json', labels: a text, " },
    { "{\"labels\": [\"a\", null]}", FL_ERROR_MALFORMED, "card 'x.json', labels[1]: null, " },
    { "{\"input\": 5}", FL_ERROR_MALFORMED, "card 'x.json', input: a number, " },
    { "{\"input\": {\"width\": 3}}", FL_ERROR_MALFORMED, "card 'x.json', input.height: missing" },
    { "{\"input\": {\"width\": 3.5, \"height\": 4}}", FL_ERROR_RANGE,
      "card 'x.json', input.width: 3.5, expected a whole number" },
    { "{\"input\": {\"width\": 3, \"height\": 0}}", FL_ERROR_RANGE,
      "card 'x.json', input.height: 0, " },
    { "{\"input\": {\"width\": 1e9, \"height\": 4}}", FL_ERROR_RANGE,
      "card 'x.json', input.width: " },
    { "{\"input\": {" INPUT ", \"channels\": \"RGBA\"}}", FL_ERROR_UNSUPPORTED,
      "card 'x.json', input.channels: 'RGBA', expected one of RGB, BGR, grey" },
    { "{\"input\": {" INPUT ", \"means\": [1]}}", FL_ERROR_UNSUPPORTED,
      "card 'x.json', input.means: an unknown member" },
    { "{\"input\": {" INPUT ", \"scale\": 0}}", FL_ERROR_RANGE, "card 'x.json', input.scale: 0, " },
    { "{\"input\": {" INPUT ", \"mean\": 1}}", FL_ERROR_MALFORMED,
      "card 'x.json', input.mean: a number" },
    { "{\"input\": {" INPUT ", \"mean\": [1, 2]}}", FL_ERROR_MALFORMED,
      "card 'x.json', input.mean: 2 numbers, expected 1 or 3" },
    { "{\"input\": {" INPUT ", \"std\": [1, 0, 1]}}", FL_ERROR_RANGE,
      "card 'x.json', input.std[1]: 0, expected a positive number" },
    { "{\"input\": {" INPUT ", \"std\": [1, \"2\", 1]}}", FL_ERROR_MALFORMED,
      "card 'x.json', input.std[1]: a text, expected a positive number" },
    { "{\"input\": {" INPUT ", \"std\": [1], \"mean\": [1, 2, 3]}}", FL_ERROR_MALFORMED,
      "card 'x.json', input.std: 1 numbers, expected 3" },
    { "{\"input\": {" INPUT ", \"channels\": \"grey\", \"mean\": [1, 2, 3]}}", FL_ERROR_MALFORMED,
      "card 'x.json', input.mean: 3 numbers, expected 1" },
    { "{\"input\": {" INPUT ", \"resize\": {\"rule\": \"zoom\"}}}", FL_ERROR_UNSUPPORTED,
      "card 'x.json', input.resize.rule: 'zoom', expected one of" },
    { "{\"input\": {" INPUT ", \"resize\": {\"filter\": \"lanczos\"}}}", FL_ERROR_UNSUPPORTED,
      "card 'x.json', input.resize.filter: 'lanczos', " },
    { "{\"input\": {" INPUT ", \"resize\": {\"fraction\": 1.5}}}", FL_ERROR_RANGE,
      "card 'x.json', input.resize.fraction: 1.5, " },
    { "{\"input\": {" INPUT ", \"resize\": {\"size\": -1}}}", FL_ERROR_RANGE,
      "card 'x.json', input.resize.size: -1, " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (cases[i].text, &error));
      g_assert_error (error, FL_ERROR, cases[i].code);
      g_assert_true (fl_test_error_is_clear (error));
      if (!g_str_has_prefix (error->message, cases[i].message))
        g_error ("met \"%s\", expected \"%s\"", error->message, cases[i].message);
    }
}

/* Depth is counted before the parser, which recurses, sees the text. */
static void
test_nesting (void)
{
  g_autoptr (GString) deep = g_string_new ("{\"other\": ");
  g_autoptr (GString) deeper = g_string_new ("{\"other\": ");
  g_autoptr (GString) quoted = g_string_new ("{\"name\": \"");
  g_autoptr (FlModelCard) card = NULL;
  g_autoptr (FlModelCard) quoted_card = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 63; i++)
    g_string_append_c (deep, '[');
  for (int i = 0; i < 63; i++)
    g_string_append_c (deep, ']');
  g_string_append_c (deep, '}');
  card = parse (deep->str, &error);
  g_assert_no_error (error);

  for (int i = 0; i < 1000; i++)
    g_string_append_c (quoted, '[');
  g_string_append (quoted, "\\\"\"}");
  quoted_card = parse (quoted->str, &error);
  g_assert_no_error (error);

  for (int i = 0; i < 1000000; i++)
    g_string_append_c (deeper, '[');
  g_assert_null (parse (deeper->str, &error));
  g_assert_error (error, FL_ERROR, FL_ERROR_LIMIT);
  g_assert_true (fl_test_error_is_clear (error));
}

static void
test_path_for_model (void)
{
  g_autofree char *usual = fl_model_card_path_for_model ("a.b/m.onnx");
  g_autofree char *bare = fl_model_card_path_for_model ("a.b/m");

  g_assert_cmpstr (usual, ==, "a.b/m.json");
  g_assert_cmpstr (bare, ==, "a.b/m.json");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/model-card/complete", test_complete);
  g_test_add_func ("/formats/model-card/save-and-load", test_save_and_load);
  g_test_add_func ("/formats/model-card/missing-members", test_missing_members);
  g_test_add_func ("/formats/model-card/channels-counted", test_channels_counted);
  g_test_add_func ("/formats/model-card/labels-only", test_labels_only);
  g_test_add_func ("/formats/model-card/fit-refuses", test_fit_refuses);
  g_test_add_func ("/formats/model-card/refusals", test_refusals);
  g_test_add_func ("/formats/model-card/nesting", test_nesting);
  g_test_add_func ("/formats/model-card/path-for-model", test_path_for_model);
  return g_test_run ();
}
