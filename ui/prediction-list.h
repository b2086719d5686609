#pragma once

#include <gtk/gtk.h>

#include "engine/saliency/prediction.h"

#define FL_TYPE_PREDICTION_LIST (fl_prediction_list_get_type ())
G_DECLARE_FINAL_TYPE (FlPredictionList, fl_prediction_list, FL, PREDICTION_LIST, GtkWidget)

/**
 * FlPredictionList:
 *
 * What the untouched network says of a picture, and what it says with filters switched off, as
 * paired bars and numbers. Shows the five most probable classes of before, the most probable of now
 * and the true label, in the order of before, so that rows stay where they are while filters are
 * switched.
 *
 * # CSS nodes
 * A node named `predictionlist`; labels have the style classes `true-label`, `rise` and `fall`.
 */
GtkWidget *fl_prediction_list_new (void);

/**
 * fl_prediction_list_set_data:
 * @before: (nullable): the untouched network's; %NULL: nothing to show
 * @now: (nullable): with filters switched off, of as many classes; %NULL: as before
 * @class_names: (nullable) (array zero-terminated=1): fewer than classes are allowed: the others
 * get their number
 * @true_label: a class, or -1
 * @true_word: the badge of that class, "true" or "assumed"
 */
void
fl_prediction_list_set_data (FlPredictionList *list, FlPrediction *before, FlPrediction *now,
                             const char *const *class_names, int true_label, const char *true_word);

/* What class @index is called: newly allocated; "class 17" where it has no name. */
char *fl_class_name (const char *const *class_names, int index);
