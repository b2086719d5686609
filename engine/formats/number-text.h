#pragma once

#include <glib.h>

/* Numbers as text, the same in every locale. */

#define FL_NUMBER_TEXT_SIZE 32

/**
 * fl_number_text_float:
 * @buffer: (out caller-allocates): FL_NUMBER_TEXT_SIZE bytes
 *
 * Nine significant digits: reads back as the same float32. "nan", "inf" and "-inf" otherwise.
 *
 * Returns: (transfer none): @buffer
 */
const char *fl_number_text_float (char *buffer, float value);

/* The same with seventeen digits: reads back as the same double. */
const char *fl_number_text_double (char *buffer, double value);

/* The same with six digits, for messages. */
const char *fl_number_text_brief (char *buffer, double value);

/**
 * fl_number_text_parse_double:
 * @text: a decimal number such as "-12", "0.5", ".5" or "1e-3": no spaces, no hexadecimal, no
 *   infinity
 * @what: names it in the message: "--epsilon"
 *
 * Returns: whether @value was set; else %FL_ERROR_RANGE
 */
gboolean
fl_number_text_parse_double (const char *text, const char *what, double *value, GError **error);

/* The same for an integer within @minimum .. @maximum. */
gboolean fl_number_text_parse_integer (const char *text, const char *what, gint64 minimum,
                                       gint64 maximum, gint64 *value, GError **error);
