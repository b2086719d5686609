#pragma once

#include "engine/formats/onnx-reader.h"
#include "tests/support/onnx-writer.h"

/* Checks of how networks are read. They stand in "/nowhere/net.onnx". */

/* A model with a float input "x" of this shape and the output "y". */
FlOnnxWriter *fl_onnx_test_begin (int opset, const char *shape);

FlGraph *
fl_onnx_test_load (FlOnnxWriter *writer, int width, int height, FlOnnxNotes *notes, GError **error);
FlGraph *fl_onnx_test_load_well (FlOnnxWriter *writer);

/* The model is refused with %FL_ERROR of this code and just this message. */
void fl_onnx_test_assert_refused (FlOnnxWriter *writer, int code, const char *message);

/* On the input 0, 0.25, 0.5, ... the network gives these numbers. */
void fl_onnx_test_assert_computes (FlOnnxWriter *writer, int n, const double *expected);
