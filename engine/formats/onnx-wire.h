#pragma once

#include <glib.h>

/**
 * FlOnnxWire:
 * @data: the whole file
 * @position: of the next byte, counted from the start of the file
 * @end: where the message that is being read ends
 * @file: for messages
 * @message: for messages: "a tensor"
 *
 * A place in a file of protocol buffers. No function reads at or past @end.
 */
typedef struct
{
  const guint8 *data;
  gsize position;
  gsize end;
  const char *file;
  const char *message;
} FlOnnxWire;

typedef enum
{
  FL_WIRE_VARINT = 0,
  FL_WIRE_FIXED64 = 1,
  FL_WIRE_BYTES = 2,
  FL_WIRE_FIXED32 = 5,
} FlWireType;

/**
 * FlOnnxField:
 * @start: position of the field's first byte
 * @value: of a varint
 * @content: where the content of bytes or of a fixed number begins
 * @length: of that content
 */
typedef struct
{
  guint32 number;
  FlWireType type;
  gsize start;
  guint64 value;
  gsize content;
  gsize length;
} FlOnnxField;

/**
 * fl_onnx_wire_varint:
 *
 * Returns: %FALSE with %FL_ERROR_MALFORMED where the number is cut short or longer than 64 bits
 */
gboolean fl_onnx_wire_varint (FlOnnxWire *wire, guint64 *value, GError **error);

/**
 * fl_onnx_wire_next:
 *
 * Reads a field, its content included. To be called while `position < end`.
 *
 * Returns: %FALSE with %FL_ERROR_MALFORMED where it is cut short or of no known wire type
 */
gboolean fl_onnx_wire_next (FlOnnxWire *wire, FlOnnxField *field, GError **error);

/* Sets "FILE: at byte N, in MESSAGE: " and the rest; returns FALSE. */
gboolean fl_onnx_wire_error (const FlOnnxWire *wire, gsize position, GError **error,
                             const char *format, ...) G_GNUC_PRINTF (4, 5);
