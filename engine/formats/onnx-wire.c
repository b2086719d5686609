#include "engine/formats/onnx-wire.h"

#include "engine/core/error.h"

/*
 * The wire format of protocol buffers: a message is a row of fields, each a varint
 * (number << 3 | wire type) and the content:
 *
 *   type  content
 *   0     varint: 7 bits a byte, least significant first, top bit set on all bytes but the last
 *   1     8 bytes
 *   2     varint n, then n bytes (text, bytes, a message, or packed numbers)
 *   5     4 bytes
 *
 * 3 and 4 were groups, which ONNX never used.
 */

gboolean
fl_onnx_wire_error (const FlOnnxWire *wire, gsize position, GError **error, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, FL_ERROR, FL_ERROR_MALFORMED, "%s: at byte %" G_GSIZE_FORMAT ", in %s: %s",
               wire->file, position, wire->message, text);
  return FALSE;
}

gboolean
fl_onnx_wire_varint (FlOnnxWire *wire, guint64 *value, GError **error)
{
  gsize start = wire->position;
  guint64 result = 0;

  for (int shift = 0; shift < 64; shift += 7)
    {
      guint8 byte;

      if (wire->position >= wire->end)
        return fl_onnx_wire_error (
            wire, start, error,
            "a number is cut short, expected its last byte before byte %" G_GSIZE_FORMAT,
            wire->end);
      byte = wire->data[wire->position++];
      if (shift == 63 && byte > 1)
        break;
      result |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        {
          *value = result;
          return TRUE;
        }
    }
  return fl_onnx_wire_error (wire, start, error, "a number has more than 64 bits");
}

gboolean
fl_onnx_wire_next (FlOnnxWire *wire, FlOnnxField *field, GError **error)
{
  guint64 key, length;

  field->start = wire->position;
  if (!fl_onnx_wire_varint (wire, &key, error))
    return FALSE;
  if (key >> 3 == 0 || key >> 32 != 0)
    return fl_onnx_wire_error (wire, field->start, error,
                               "field number %" G_GUINT64_FORMAT ", expected 1 to 536870911",
                               key >> 3);
  field->number = (guint32) (key >> 3);
  field->type = (FlWireType) (key & 7);
  field->value = 0;

  switch (field->type)
    {
    case FL_WIRE_VARINT:
      field->content = wire->position;
      if (!fl_onnx_wire_varint (wire, &field->value, error))
        return FALSE;
      field->length = wire->position - field->content;
      return TRUE;
    case FL_WIRE_FIXED64:
      length = 8;
      break;
    case FL_WIRE_FIXED32:
      length = 4;
      break;
    case FL_WIRE_BYTES:
      if (!fl_onnx_wire_varint (wire, &length, error))
        return FALSE;
      break;
    default:
      return fl_onnx_wire_error (wire, field->start, error,
                                 "field %u has wire type %d, expected 0, 1, 2 or 5", field->number,
                                 (int) field->type);
    }

  if (length > wire->end - wire->position)
    return fl_onnx_wire_error (wire, field->start, error,
                               "field %u has %" G_GUINT64_FORMAT
                               " bytes, expected at most the %" G_GSIZE_FORMAT " that are left",
                               field->number, length, wire->end - wire->position);
  field->content = wire->position;
  field->length = (gsize) length;
  wire->position += field->length;
  return TRUE;
}
