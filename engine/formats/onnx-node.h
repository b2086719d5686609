#pragma once

#include <glib.h>

#include "engine/formats/onnx-walker.h"

/*
 * Reading a node's attributes. The getters leave @value at the fallback where the attribute is
 * absent, and return %FALSE with %FL_ERROR_MALFORMED where it is of another type.
 */

/* The node's name, else that of its first output; for messages. */
const char *fl_onnx_node_label (const FlOnnx__Node *node);

/* Borrowed; %NULL where it is absent. */
const FlOnnx__Attribute *fl_onnx_node_attribute (const FlOnnx__Node *node, const char *name);

gboolean fl_onnx_node_int (const FlOnnx__Node *node, const char *name, gint64 fallback,
                           gint64 *value, GError **error);
gboolean fl_onnx_node_float (const FlOnnx__Node *node, const char *name, double fallback,
                             double *value, GError **error);

/* @values: borrowed, %NULL where it is absent or empty; @present: (nullable) */
gboolean fl_onnx_node_ints (const FlOnnx__Node *node, const char *name, const gint64 **values,
                            gsize *n, gboolean *present, GError **error);

/* @value: (transfer full) */
gboolean fl_onnx_node_text (const FlOnnx__Node *node, const char *name, const char *fallback,
                            char **value, GError **error);

/* Sets "TYPE 'NAME': " and the message; returns FALSE. */
gboolean fl_onnx_node_error (const FlOnnx__Node *node, GError **error, int code, const char *format,
                             ...) G_GNUC_PRINTF (4, 5);

/**
 * fl_onnx_node_axis:
 * @axis: -rank .. rank - 1
 *
 * Counts an axis from the front.
 */
gboolean
fl_onnx_node_axis (const FlOnnx__Node *node, gint64 axis, int rank, int *result, GError **error);
