#pragma once

#include "app/model-file.h"

/**
 * fl_sample_label:
 * @picture_path: a picture
 *
 * The true class of a picture as a file index.csv in its folder tells it, with the columns file and
 * label. The index of the bundled pictures counts classes as the bundled network does: there the
 * network must call the class what the picture's file name begins with.
 *
 * Returns: a class of the network, -1 where nothing is known
 */
int fl_sample_label (const char *picture_path, const FlModel *model);
