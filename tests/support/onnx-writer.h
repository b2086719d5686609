#pragma once

#include <glib.h>

/*
 * Writes ONNX files field by field, so that tests can also write those that no exporter would.
 * Nothing here shares code with the reader.
 */

/* ---- fields of a message ---- */

void fl_wire_number (GByteArray *message, guint32 field, guint64 value);
void fl_wire_bytes (GByteArray *message, guint32 field, gconstpointer data, gsize size);
void fl_wire_text (GByteArray *message, guint32 field, const char *text);
void fl_wire_float (GByteArray *message, guint32 field, float value);
/* Takes over @child. */
void fl_wire_message (GByteArray *message, guint32 field, GByteArray *child);
/* One field for each number, as opposed to packed. */
void fl_wire_numbers (GByteArray *message, guint32 field, gsize n, const gint64 *values);
void fl_wire_packed (GByteArray *message, guint32 field, gsize n, const gint64 *values);

/* A TensorProto without elements. */
GByteArray *fl_onnx_write_tensor (const char *name, int type, int rank, const gint64 *shape);

/* ---- models ---- */

/**
 * FlOnnxWriter:
 *
 * A model that is being written.
 */
typedef struct _FlOnnxWriter FlOnnxWriter;

FlOnnxWriter *fl_onnx_writer_new (int opset);
void fl_onnx_writer_free (FlOnnxWriter *writer);

/* @shape: "1,3,8,8"; "?" leaves an axis open; "" is a scalar. @type: number of the element type. */
void fl_onnx_writer_input (FlOnnxWriter *writer, const char *name, int type, const char *shape);
void fl_onnx_writer_output (FlOnnxWriter *writer, const char *name);

/* Initialisers with raw_data; @shape as above. The float elements are small and differ: 0.25, -0.5,
 * 0.75 ... */
void fl_onnx_writer_weight (FlOnnxWriter *writer, const char *name, const char *shape);
void fl_onnx_writer_floats (FlOnnxWriter *writer, const char *name, const char *shape,
                            const float *values);
void fl_onnx_writer_integers (FlOnnxWriter *writer, const char *name, const char *shape,
                              const gint64 *values);

/* An initialiser; takes over @tensor. */
void fl_onnx_writer_tensor (FlOnnxWriter *writer, GByteArray *tensor);

/**
 * fl_onnx_writer_node:
 * @inputs: names, separated by spaces; "-" is an absent one
 * @outputs: likewise
 * @attributes: "axis:i=1 perm:is=0,2,1 alpha:f=0.5 mode:s=edge", may be empty; a scalar tensor is
 *   "value:t=3" (int64)
 */
void fl_onnx_writer_node (FlOnnxWriter *writer, const char *type, const char *name,
                          const char *inputs, const char *outputs, const char *attributes);

/* The file so far. */
GBytes *fl_onnx_writer_bytes (FlOnnxWriter *writer);

/* Writes it to @path. */
void fl_onnx_writer_save (FlOnnxWriter *writer, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlOnnxWriter, fl_onnx_writer_free)
