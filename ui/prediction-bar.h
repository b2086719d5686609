#pragma once

#include <gtk/gtk.h>

#define FL_TYPE_PREDICTION_BAR (fl_prediction_bar_get_type ())
G_DECLARE_FINAL_TYPE (FlPredictionBar, fl_prediction_bar, FL, PREDICTION_BAR, GtkWidget)

/**
 * FlPredictionBar:
 *
 * One probability as a bar from 0 to 1, or two, one above the other: before, in grey, and now, in
 * the accent colour.
 *
 * # CSS nodes
 * One node named `predictionbar`.
 *
 * # Accessibility
 * Role none: the numbers stand beside it.
 */
GtkWidget *fl_prediction_bar_new (void);

/* @before and @now: 0 .. 1; @paired: whether both are shown, else only @now. */
void
fl_prediction_bar_set_values (FlPredictionBar *bar, double before, double now, gboolean paired);
