#pragma once

#include "engine/graph/operator-record.h"

/*
 * The records of every family of operators, static arrays of *n; operator-table.c puts them
 * together. Private to this folder.
 */

const FlOperatorRecord *fl_convolution_records (int *n);   /* Conv */
const FlOperatorRecord *fl_activation_records (int *n);    /* element by element, one operand */
const FlOperatorRecord *fl_arithmetic_records (int *n);    /* element by element, two operands */
const FlOperatorRecord *fl_normalization_records (int *n); /* BatchNormalization */
const FlOperatorRecord *fl_pooling_records (int *n);       /* windows that slide */
const FlOperatorRecord *fl_reduction_records (int *n);     /* means over axes */
const FlOperatorRecord *fl_softmax_records (int *n);
const FlOperatorRecord *fl_product_records (int *n); /* Gemm, MatMul */
const FlOperatorRecord *fl_reshape_records (int *n); /* same elements, other axes */
const FlOperatorRecord *fl_slicing_records (int *n); /* Concat, Split, Slice */
const FlOperatorRecord *fl_padding_records (int *n);
