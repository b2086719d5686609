#pragma once

#include <glib.h>

/**
 * FlProgress:
 * @func: called from the thread that does the work, between two pieces of it; must be quick
 * @data: borrowed
 *
 * How long work tells how far it is. Wherever a `const FlProgress *` is taken, %NULL means silence.
 */
typedef struct
{
  void (*func) (double fraction, const char *what, gpointer data);
  gpointer data;
} FlProgress;

/* @fraction 0 .. 1; @what is a short phrase in the present tense, or %NULL. */
static inline void
fl_progress_report (const FlProgress *progress, double fraction, const char *what)
{
  if (progress != NULL)
    progress->func (fraction, what, progress->data);
}
