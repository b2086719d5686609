#pragma once

/* What model-card.c and model-card-reader.c share; nobody else needs it. */

#include "engine/formats/model-card.h"

struct _FlModelCard
{
  gatomicrefcount references;
  char *file;    /* owned, nullable: how messages name the file */
  char *name;    /* owned, nullable */
  GStrv labels;  /* owned, nullable */
  char *licence; /* owned, nullable */
  char *source;  /* owned, nullable */
  FlInputPreparation preparation;
  gboolean has_input_size;
  gboolean has_channels;
  gboolean is_assumed;
};

/* The words of a card, in the order of the enumerations they stand for; NULL-terminated. */
extern const char *const fl_model_card_channels_names[];
extern const char *const fl_model_card_rule_names[];
extern const char *const fl_model_card_filter_names[];

/* Everything unset. */
FlModelCard *fl_model_card_alloc (void);
