#pragma once

#include <glib.h>

#include "engine/formats/onnx-message.pb-c.h"

/**
 * FlOnnxDocument:
 * @path: of the file
 * @file: its base name, for messages
 * @bytes: the whole file, mapped
 * @model: what stands in it, without the elements of tensors
 *
 * An ONNX file, read but not yet understood. All fields are owned by the document.
 */
typedef struct
{
  char *path;
  char *file;
  GBytes *bytes;
  FlOnnx__Model *model;
  GHashTable *external;               /* private: real path -> GBytes of files with external data */
  struct _FlOnnxAllocator *allocator; /* private */
} FlOnnxDocument;

/* Memory that the messages of one document may take, in bytes. */
#define FL_ONNX_MESSAGE_LIMIT ((gsize) 512 << 20)

/**
 * fl_onnx_document_new:
 * @bytes: a ModelProto
 * @path: where it came from; external data is looked for beside it
 * @message_limit: see %FL_ONNX_MESSAGE_LIMIT
 *
 * Reads the model. A bounded walk over @bytes copies the fields that are needed, without the
 * elements of tensors, which stay where they are; only that copy is given to the general parser,
 * and only with memory up to @message_limit. Nesting cannot be deep: graphs inside attributes are
 * not read.
 *
 * Returns: (transfer full): the document, or %NULL with %FL_ERROR_MALFORMED or %FL_ERROR_LIMIT
 */
FlOnnxDocument *
fl_onnx_document_new (GBytes *bytes, const char *path, gsize message_limit, GError **error);

/* Maps the regular file at @path, read only. */
GBytes *fl_onnx_map_file (const char *path, GError **error);

/* Reads the file at @path; also fails with G_FILE_ERROR. */
FlOnnxDocument *fl_onnx_document_open (const char *path, GError **error);

void fl_onnx_document_free (FlOnnxDocument *document);

/**
 * fl_onnx_document_new_for_tensor:
 * @bytes: a TensorProto on its own
 *
 * Returns: (transfer full): a document whose model has a graph with just this initialiser
 */
FlOnnxDocument *fl_onnx_document_new_for_tensor (GBytes *bytes, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlOnnxDocument, fl_onnx_document_free)
