#pragma once

#include "engine/formats/onnx-import.h"

/**
 * fl_onnx_evaluate:
 * @inputs: (array): the node's inputs, all constant, %NULL where one is absent
 *
 * Computes a node of the data path from constants, with the operators of the graph itself, and
 * binds its outputs.
 */
gboolean fl_onnx_evaluate (FlOnnxImport *import, const FlOnnx__Node *node,
                           FlOnnxValue *const *inputs, GError **error);
