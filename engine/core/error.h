#pragma once

#include <glib.h>

/**
 * FlError:
 * @FL_ERROR_SHAPE: sizes that do not fit one another
 * @FL_ERROR_MALFORMED: a file that is not what it says it is, or is cut short
 * @FL_ERROR_UNSUPPORTED: well-formed, but outside what Faultline handles
 * @FL_ERROR_RANGE: an index or number outside its range (a label, a filter, an option)
 * @FL_ERROR_NOT_FINITE: a NaN or an infinity where a number is needed
 * @FL_ERROR_LIMIT: larger than a bound that protects memory or the stack
 *
 * The codes of %FL_ERROR. Cancellation is %G_IO_ERROR_CANCELLED and a file that cannot be opened or
 * read is %G_IO_ERROR or %G_FILE_ERROR, as GIO reports them.
 *
 * A message names the object, what was met and what was expected, in one line.
 */
typedef enum
{
  FL_ERROR_SHAPE,
  FL_ERROR_MALFORMED,
  FL_ERROR_UNSUPPORTED,
  FL_ERROR_RANGE,
  FL_ERROR_NOT_FINITE,
  FL_ERROR_LIMIT,
} FlError;

#define FL_ERROR (fl_error_quark ())

GQuark fl_error_quark (void);
