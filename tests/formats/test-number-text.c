#include "engine/core/error.h"
#include "engine/core/random.h"
#include "engine/formats/number-text.h"
#include "tests/support/test-data.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

/* A locale with a decimal comma, where the system has one. */
static void
use_comma (void)
{
  static const char *const names[]
      = { "de_DE.UTF-8", "fr_FR.UTF-8", "da_DK.UTF-8", "nl_NL.UTF-8", "de_DE", "fr_FR" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (setlocale (LC_ALL, names[i]) != NULL)
      return;
  g_test_message ("no locale with a decimal comma is installed; tested in C only");
}

static void
test_texts (void)
{
  char text[FL_NUMBER_TEXT_SIZE];

  use_comma ();
  g_assert_cmpstr (fl_number_text_float (text, 0.1f), ==, "0.100000001");
  g_assert_cmpstr (fl_number_text_double (text, 0.1), ==, "0.10000000000000001");
  g_assert_cmpstr (fl_number_text_brief (text, 0.1), ==, "0.1");
  g_assert_cmpstr (fl_number_text_float (text, 3), ==, "3");
  g_assert_cmpstr (fl_number_text_double (text, -INFINITY), ==, "-inf");
  g_assert_cmpstr (fl_number_text_float (text, INFINITY), ==, "inf");
  g_assert_cmpstr (fl_number_text_double (text, -NAN), ==, "nan");
  g_assert_cmpstr (fl_number_text_double (text, -DBL_MAX), ==, "-1.7976931348623157e+308");
  setlocale (LC_ALL, "C");
}

/* Any bits that are a finite number come back. */
static void
test_back_and_forth (void)
{
  g_autoptr (FlRandom) random = fl_random_new (3);
  char text[FL_NUMBER_TEXT_SIZE];

  use_comma ();
  for (int i = 0; i < 20000; i++)
    {
      guint32 words[]
          = { fl_random_below (random, G_MAXUINT), fl_random_below (random, G_MAXUINT) };
      float narrow;
      double wide, parsed;

      memcpy (&narrow, words, sizeof narrow);
      memcpy (&wide, words, sizeof wide);
      if (isfinite (narrow))
        {
          g_assert_true (fl_number_text_parse_double (fl_number_text_float (text, narrow), "number",
                                                      &parsed, NULL));
          g_assert_cmpfloat ((float) parsed, ==, narrow);
        }
      if (isfinite (wide))
        {
          g_assert_true (fl_number_text_parse_double (fl_number_text_double (text, wide), "number",
                                                      &parsed, NULL));
          g_assert_cmpfloat (parsed, ==, wide);
        }
    }
  setlocale (LC_ALL, "C");
}

static void
test_parse_double (void)
{
  static const struct
  {
    const char *text;
    double value;
  } good[] = {
    { "0", 0 }, { "-12", -12 }, { "+.5", 0.5 }, { "5.", 5 }, { "1e-3", 1e-3 }, { "2.5E+2", 250 },
  };
  static const char *const bad[]
      = { "",   " 1", "1 ", "1,5",   "inf", "nan",   "-inf", "0x10", "1e",  "1e+",
          "e5", ".",  "-",  "1.2.3", "--1", "1e999", "1\n",  "one",  "\xff" };
  double value = 7;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (fl_number_text_parse_double (good[i].text, "number", &value, NULL));
      g_assert_cmpfloat (value, ==, good[i].value);
    }
  value = 7;
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fl_number_text_parse_double (bad[i], "--epsilon", &value, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
      g_assert_true (fl_test_error_is_clear (error));
      g_assert_true (g_str_has_prefix (error->message, "--epsilon: "));
      g_assert_cmpfloat (value, ==, 7);
    }
}

static void
test_parse_integer (void)
{
  static const char *const bad[]
      = { "", " 1", "1.0", "0x1", "11", "-6", "1e1", "99999999999999999999" };
  gint64 value = 0;

  g_assert_true (fl_number_text_parse_integer ("-5", "n", -5, 10, &value, NULL));
  g_assert_cmpint (value, ==, -5);
  g_assert_true (fl_number_text_parse_integer ("10", "n", -5, 10, &value, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fl_number_text_parse_integer (bad[i], "--top", -5, 10, &value, &error));
      g_assert_error (error, FL_ERROR, FL_ERROR_RANGE);
      g_assert_true (fl_test_error_is_clear (error));
    }
  g_assert_cmpint (value, ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/number-text/texts", test_texts);
  g_test_add_func ("/formats/number-text/back-and-forth", test_back_and_forth);
  g_test_add_func ("/formats/number-text/parse-double", test_parse_double);
  g_test_add_func ("/formats/number-text/parse-integer", test_parse_integer);
  return g_test_run ();
}
