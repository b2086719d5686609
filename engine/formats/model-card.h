#pragma once

#include "engine/core/input-preparation.h"

#include <glib.h>

/**
 * FlModelCard:
 *
 * What a network's file does not say: its classes' names, where it comes from, how a picture
 * becomes its input. Stored as JSON beside it, M.json for M.onnx:
 *
 *     { "faultline_card": 1, "name": "...", "labels": ["...", ...], "licence": "...",
 *       "source": "...",
 *       "input": { "width": 224, "height": 224, "channels": "RGB" | "BGR" | "grey",
 *                  "scale": 0.00392156862745098, "mean": [..], "std": [..],
 *                  "resize": { "rule": "short-side" | "centre-crop" | "stretch" | "fit",
 *                              "size": 256, "fraction": 0.875,
 *                              "filter": "bilinear" | "bicubic" | "nearest" } } }
 *
 * Every member may be missing, but where there is `input` it has width and height. Missing: mean 0,
 * std 1, scale 1/255, rule stretch, filter bilinear; size: the longer of width and height;
 * fraction: 1; channels: as many as `mean` and `std` have, else as the network has.
 *
 * Immutable, reference counted.
 */
typedef struct _FlModelCard FlModelCard;

/**
 * fl_model_card_new:
 * @name: (nullable), like @licence and @source
 * @labels: (nullable): class by class, copied
 * @preparation: copied
 */
FlModelCard *fl_model_card_new (const char *name, const char *const *labels, const char *licence,
                                const char *source, const FlInputPreparation *preparation);

/**
 * fl_model_card_new_default:
 * @n_channels: 1 or 3
 *
 * What is assumed of a network without a card, see fl_input_preparation_init_default().
 */
FlModelCard *fl_model_card_new_default (int n_channels, int width, int height);

/**
 * fl_model_card_load:
 *
 * Returns: (transfer full): the card, or %NULL with %FL_ERROR_MALFORMED, %FL_ERROR_UNSUPPORTED,
 *   %FL_ERROR_RANGE, %FL_ERROR_LIMIT or the error of GIO; the message names file and member
 */
FlModelCard *fl_model_card_load (const char *path, GError **error);

/* The same from memory; @name is how messages name it. */
FlModelCard *fl_model_card_load_bytes (GBytes *bytes, const char *name, GError **error);

/**
 * fl_model_card_fit:
 * @n_channels: of the network's input
 * @width: of the network's input, 0 where the network leaves it free; like @height
 *
 * Settles what the card leaves open and checks that the rest agrees with the network.
 *
 * Returns: (transfer full): a card whose preparation is complete; %NULL with %FL_ERROR_SHAPE
 */
FlModelCard *
fl_model_card_fit (FlModelCard *card, int n_channels, int width, int height, GError **error);

gboolean fl_model_card_save (FlModelCard *card, const char *path, GError **error);

/* "dir/M.json" for "dir/M.onnx", newly allocated; the file need not exist. */
char *fl_model_card_path_for_model (const char *model_path);

FlModelCard *fl_model_card_ref (FlModelCard *card);
void fl_model_card_unref (FlModelCard *card);

/* Borrowed, %NULL where the card is silent; the same for the next ones. */
const char *fl_model_card_name (const FlModelCard *card);
const char *fl_model_card_licence (const FlModelCard *card);
const char *fl_model_card_source (const FlModelCard *card);
const char *const *fl_model_card_labels (const FlModelCard *card);

/* 0 where there are no labels. */
int fl_model_card_n_labels (const FlModelCard *card);

/* The name of class @number, or the number itself where it has none. Newly allocated. */
char *fl_model_card_label (const FlModelCard *card, int number);

/* Borrowed; complete after fl_model_card_fit(), or in a card made by one of the functions new. */
const FlInputPreparation *fl_model_card_preparation (const FlModelCard *card);

/* Whether the card has `input`, so that width and height are the card's own. */
gboolean fl_model_card_has_input_size (const FlModelCard *card);

/* Whether the channels are known: named, or counted by `mean` or `std`. */
gboolean fl_model_card_has_channels (const FlModelCard *card);

/* Whether the preparation was assumed for want of a card, or of `input` in it. */
gboolean fl_model_card_is_assumed (const FlModelCard *card);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlModelCard, fl_model_card_unref)
