#pragma once

#include <glib.h>

#include "engine/core/input-preparation.h"
#include "engine/formats/model-card.h"
#include "engine/graph/graph.h"

/**
 * FlModel:
 *
 * A network as its files tell it: the graph of an ONNX file and the card beside it (M.json beside
 * M.onnx), which says how a picture becomes an input and what the classes are called. What the card
 * does not say, or everything where there is none, is assumed and noted. Immutable and reference
 * counted.
 */
typedef struct _FlModel FlModel;

/**
 * fl_model_load:
 * @path: an ONNX file
 *
 * Reads the network and its card and checks that they fit one another. Slow: not for the main loop.
 *
 * Returns: (transfer full): the model; %NULL with the error of the reader that failed, or
 * %FL_ERROR_SHAPE where card and graph disagree
 */
FlModel *fl_model_load (const char *path, GError **error);
FlModel *fl_model_ref (FlModel *model);
void fl_model_unref (FlModel *model);

const char *fl_model_path (const FlModel *model); /* borrowed */
FlGraph *fl_model_graph (const FlModel *model);   /* borrowed */

/* Complete, whether it was read or assumed; see fl_model_card_fit(). Borrowed. */
FlModelCard *fl_model_card (const FlModel *model);

/* The card's name of it, else the file's base name. Borrowed. */
const char *fl_model_name (const FlModel *model);

/* The size is that of the graph's input. Borrowed. */
const FlInputPreparation *fl_model_preparation (const FlModel *model);

/* Of the input; not the preparation's where no picture has as many. */
int fl_model_n_channels (const FlModel *model);

/* The name of class @class, 0 .. n_classes - 1; its number where the card has none. Borrowed. */
const char *fl_model_label (const FlModel *model, int class);

/* Newly allocated: what class @class is called in a sentence: "class 785" where it has only a
 * number. */
char *fl_model_class_text (const FlModel *model, int class);

/* All of them, %NULL-terminated, borrowed. */
const char *const *fl_model_labels (const FlModel *model);

/**
 * fl_model_find_label:
 * @text: the number or the name (in upper or lower case) of a class
 *
 * Returns: %FALSE with %FL_ERROR_RANGE where there is no such class
 */
gboolean fl_model_find_label (const FlModel *model, const char *text, int *class, GError **error);

/* What was assumed, one sentence each, %NULL-terminated, borrowed; empty where the card says it
 * all. */
const char *const *fl_model_notes (const FlModel *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlModel, fl_model_unref)
