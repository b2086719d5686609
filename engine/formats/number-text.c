#include "engine/formats/number-text.h"

#include "engine/core/error.h"

#include <math.h>
#include <string.h>

static const char *
format (char *buffer, const char *how, double value)
{
  if (isnan (value))
    g_strlcpy (buffer, "nan", FL_NUMBER_TEXT_SIZE);
  else if (isinf (value))
    g_strlcpy (buffer, value > 0 ? "inf" : "-inf", FL_NUMBER_TEXT_SIZE);
  else
    g_ascii_formatd (buffer, FL_NUMBER_TEXT_SIZE, how, value);
  return buffer;
}

const char *
fl_number_text_float (char *buffer, float value)
{
  return format (buffer, "%.9g", (double) value);
}

const char *
fl_number_text_double (char *buffer, double value)
{
  return format (buffer, "%.17g", value);
}

const char *
fl_number_text_brief (char *buffer, double value)
{
  return format (buffer, "%.6g", value);
}

static const char *
skip_digits (const char *text, int *n_digits)
{
  for (; g_ascii_isdigit (*text); text++)
    ++*n_digits;
  return text;
}

/* g_ascii_strtod () alone would also take leading spaces, hexadecimal numbers, "inf" and "nan". */
static gboolean
is_decimal (const char *text)
{
  int n_digits = 0;
  int n_exponent = 0;

  if (*text == '+' || *text == '-')
    text++;
  text = skip_digits (text, &n_digits);
  if (*text == '.')
    text = skip_digits (text + 1, &n_digits);
  if (n_digits == 0)
    return FALSE;
  if (*text == 'e' || *text == 'E')
    {
      text++;
      if (*text == '+' || *text == '-')
        text++;
      text = skip_digits (text, &n_exponent);
      if (n_exponent == 0)
        return FALSE;
    }
  return *text == '\0';
}

/* What was typed, short and in one line, for a message. */
static char *
show (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  char *shown = g_utf8_strlen (valid, -1) > 40 ? g_utf8_substring (valid, 0, 40) : g_strdup (valid);

  for (char *c = shown; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = '?';
  return shown;
}

gboolean
fl_number_text_parse_double (const char *text, const char *what, double *value, GError **error)
{
  double parsed = is_decimal (text) ? g_ascii_strtod (text, NULL) : NAN;
  g_autofree char *shown = NULL;

  if (isfinite (parsed))
    {
      *value = parsed;
      return TRUE;
    }
  shown = show (text);
  g_set_error (error, FL_ERROR, FL_ERROR_RANGE, "%s: '%s', expected a number", what, shown);
  return FALSE;
}

gboolean
fl_number_text_parse_integer (const char *text, const char *what, gint64 minimum, gint64 maximum,
                              gint64 *value, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_ascii_string_to_signed (text, 10, minimum, maximum, value, NULL))
    return TRUE;
  shown = show (text);
  if (maximum == G_MAXINT64)
    g_set_error (error, FL_ERROR, FL_ERROR_RANGE,
                 "%s: '%s', expected an integer of at least %" G_GINT64_FORMAT, what, shown,
                 minimum);
  else
    g_set_error (error, FL_ERROR, FL_ERROR_RANGE,
                 "%s: '%s', expected an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                 what, shown, minimum, maximum);
  return FALSE;
}
