#pragma once

#include <glib.h>

#include "engine/graph/graph.h"

/**
 * FlOnnxNotes:
 * @free_axes: whether a size of the input (other than the batch axis) was left open by the file and
 *   taken from the caller
 * @set_aside: (nullable): name of the trailing Softmax or LogSoftmax that was left out, so that
 * logits are logits
 *
 * What the reader assumed, to be told to the user.
 */
typedef struct
{
  gboolean free_axes;
  char *set_aside;
} FlOnnxNotes;

void fl_onnx_notes_clear (FlOnnxNotes *notes);

/**
 * fl_onnx_load:
 * @path: an ONNX file, opset 7 to 20; external data is read from its folder only
 * @width: size for a free width axis, 0 where none is known (then a free axis is an error)
 * @height: likewise
 * @notes: (out caller-allocates) (nullable): clear with fl_onnx_notes_clear()
 *
 * Reads a network: everything that only computes shapes or constants is folded, Identity and
 * Dropout are seen through, a free batch axis becomes 1, and of several outputs the first is taken.
 *
 * Returns: (transfer full): the graph; %NULL with a %G_FILE_ERROR or %G_IO_ERROR where the file
 * cannot be read, %FL_ERROR_MALFORMED, %FL_ERROR_UNSUPPORTED (one message that lists every
 * unsupported operator with its nodes), %FL_ERROR_SHAPE or %FL_ERROR_LIMIT
 */
FlGraph *fl_onnx_load (const char *path, int width, int height, FlOnnxNotes *notes, GError **error);

/**
 * fl_onnx_load_bytes:
 * @path: where @bytes come from: names the network in messages, and external data is looked for
 * beside it
 *
 * Like fl_onnx_load(), from the content of a file. The network keeps a reference to @bytes.
 */
FlGraph *fl_onnx_load_bytes (GBytes *bytes, const char *path, int width, int height,
                             FlOnnxNotes *notes, GError **error);
